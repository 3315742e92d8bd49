CREATE TABLE `campaign_changes` (
	`campaign_id` binary(16) NOT NULL,
	`version` int unsigned NOT NULL,
	`action` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`settings` text NOT NULL,
	`changed_at_ms` bigint NOT NULL,
	CONSTRAINT `campaign_changes_campaign_id_version_pk` PRIMARY KEY(`campaign_id`,`version`)
);
--> statement-breakpoint
CREATE TABLE `campaign_cuts` (
	`campaign_id` binary(16) NOT NULL,
	`epoch` int unsigned NOT NULL,
	`partition_id` int unsigned NOT NULL,
	`end_offset` bigint unsigned NOT NULL,
	CONSTRAINT `campaign_cuts_campaign_id_epoch_partition_id_pk` PRIMARY KEY(`campaign_id`,`epoch`,`partition_id`)
);
--> statement-breakpoint
CREATE TABLE `campaigns` (
	`campaign_id` binary(16) NOT NULL,
	`name` varchar(200) character set utf8mb4 NOT NULL,
	`state` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`stock` int unsigned NOT NULL,
	`highest_stock` int unsigned NOT NULL,
	`per_user_limit` tinyint unsigned NOT NULL,
	`opens_at_ms` bigint NOT NULL,
	`closes_at_ms` bigint NOT NULL,
	`title` varchar(200) character set utf8mb4 NOT NULL,
	`discount_kind` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`discount_value` bigint NOT NULL,
	`discount_currency` varchar(3) character set ascii collate ascii_bin,
	`usable_from_ms` bigint NOT NULL,
	`usable_until_ms` bigint NOT NULL,
	`version` int unsigned NOT NULL,
	`epoch` int unsigned NOT NULL,
	`created_at_ms` bigint NOT NULL,
	CONSTRAINT `campaigns_campaign_id` PRIMARY KEY(`campaign_id`)
);
--> statement-breakpoint
CREATE TABLE `coupons` (
	`coupon_id` binary(16) NOT NULL,
	`campaign_id` binary(16) NOT NULL,
	`user_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`slot` tinyint unsigned NOT NULL,
	`rank` int unsigned NOT NULL,
	`epoch` int unsigned NOT NULL,
	`granted_at_ms` bigint NOT NULL,
	CONSTRAINT `coupons_coupon_id` PRIMARY KEY(`coupon_id`),
	CONSTRAINT `coupons_rank` UNIQUE(`campaign_id`,`rank`),
	CONSTRAINT `coupons_user_slot` UNIQUE(`user_id`,`campaign_id`,`slot`)
);
--> statement-breakpoint
CREATE TABLE `ledger_positions` (
	`partition_id` int unsigned NOT NULL,
	`next_offset` bigint unsigned NOT NULL,
	CONSTRAINT `ledger_positions_partition_id` PRIMARY KEY(`partition_id`)
);
--> statement-breakpoint
CREATE INDEX `campaigns_by_close` ON `campaigns` (`closes_at_ms`);