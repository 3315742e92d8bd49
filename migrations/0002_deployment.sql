CREATE TABLE `campaign_creations` (
	`key_hash` binary(32) NOT NULL,
	`body_hash` binary(32) NOT NULL,
	`campaign_id` binary(16) NOT NULL,
	`created_at_ms` bigint NOT NULL,
	CONSTRAINT `campaign_creations_key_hash` PRIMARY KEY(`key_hash`)
);
--> statement-breakpoint
CREATE TABLE `deployment` (
	`singleton` tinyint unsigned NOT NULL,
	`deployment_id` binary(16) NOT NULL,
	`created_at_ms` bigint NOT NULL,
	CONSTRAINT `deployment_singleton` PRIMARY KEY(`singleton`)
);
--> statement-breakpoint
CREATE TABLE `redis_servers` (
	`fence` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`address` varchar(255) character set ascii collate ascii_bin NOT NULL,
	`endpoint` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`state` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`noted_at_ms` bigint NOT NULL,
	`left_at_ms` bigint,
	CONSTRAINT `redis_servers_fence` PRIMARY KEY(`fence`)
);
--> statement-breakpoint
ALTER TABLE `ledger_positions` ADD `last_offset` bigint unsigned;--> statement-breakpoint
ALTER TABLE `ledger_positions` ADD `last_hash` binary(16);--> statement-breakpoint
CREATE INDEX `campaign_creations_by_time` ON `campaign_creations` (`created_at_ms`);