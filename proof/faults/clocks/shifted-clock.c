/*
 * Preloaded into a process, it shifts the wall clock that the process reads. The shift is a number of
 * milliseconds, an int64 in the file that SHIFTED_CLOCK_FILE names. It is read at every reading of the clock,
 * so the clock jumps as soon as the file changes. The monotonic clock stays as it is, as on a machine whose
 * clock is set.
 *
 * libfaketime cannot be used: Redis comes with jemalloc, which reads the clock while libfaketime allocates.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#if defined(__aarch64__)
#define CONDITION_VERSION "GLIBC_2.17"
#else
#define CONDITION_VERSION "GLIBC_2.3.2"
#endif

typedef int (*clock_function)(clockid_t, struct timespec *);
typedef int (*wait_function)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static volatile const int64_t *shift;
static clock_function real_clock;
static wait_function real_wait;

__attribute__((constructor)) static void start(void) {
  real_clock = (clock_function)dlsym(RTLD_NEXT, "clock_gettime");
  real_wait = (wait_function)dlvsym(RTLD_NEXT, "pthread_cond_timedwait", CONDITION_VERSION);
  const char *name = getenv("SHIFTED_CLOCK_FILE");
  int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) shift = mapped;
}

static void add(struct timespec *when, int64_t milliseconds) {
  int64_t nanoseconds = when->tv_nsec + (milliseconds % 1000) * 1000000;
  when->tv_sec += milliseconds / 1000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    when->tv_sec -= 1;
  } else if (nanoseconds >= 1000000000) {
    nanoseconds -= 1000000000;
    when->tv_sec += 1;
  }
  when->tv_nsec = nanoseconds;
}

int clock_gettime(clockid_t id, struct timespec *when) {
  /* Constructors of other libraries may read the clock before ours has run. */
  int result = real_clock == NULL ? (int)syscall(SYS_clock_gettime, id, when) : real_clock(id, when);
  if (result == 0 && shift != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) add(when, *shift);
  return result;
}

int gettimeofday(struct timeval *restrict when, void *restrict zone) {
  struct timespec now;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  when->tv_sec = now.tv_sec;
  when->tv_usec = now.tv_nsec / 1000;
  return result;
}

time_t time(time_t *when) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (when != NULL) *when = now.tv_sec;
  return now.tv_sec;
}

/*
 * The kernel waits until its own clock. A moment of the monotonic clock, which counts from the start of the
 * machine, is left as it is: no machine has run for 30 years.
 */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  struct timespec moment = *until;
  if (shift != NULL && moment.tv_sec > 1000000000) add(&moment, -*shift);
  return real_wait(condition, mutex, &moment);
}
