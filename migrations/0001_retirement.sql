DROP INDEX `campaigns_by_close` ON `campaigns`;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `retired_at_ms` bigint;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `granted` int unsigned;--> statement-breakpoint
CREATE INDEX `campaigns_by_retirement` ON `campaigns` (`retired_at_ms`,`closes_at_ms`);