/**
 * A body of text that reads its next chunk when the connection has taken the last one. A slow reader holds up
 * the source, and memory holds one chunk. `breakOff` is called when a chunk cannot be read: it has to end the
 * connection, so that the body does not look whole.
 */
export const pulledBody = (
  chunks: AsyncGenerator<string>,
  breakOff: (cause: unknown) => void,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await chunks.next()
          if (next.done === true) controller.close()
          else controller.enqueue(encoder.encode(next.value))
        } catch (cause) {
          breakOff(cause)
          controller.close()
        }
      },
      async cancel() {
        await chunks.return(undefined)
      },
    },
    // Nothing is read ahead.
    { highWaterMark: 0 },
  )
}
