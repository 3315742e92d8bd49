CREATE TABLE `coupon_changes` (
	`campaign_id` binary(16) NOT NULL,
	`coupon_id` binary(16) NOT NULL,
	`number` int unsigned NOT NULL,
	`action` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`order_id` varchar(64) character set ascii collate ascii_bin,
	`changed_at_ms` bigint NOT NULL,
	`changed_by` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`changed_as` varchar(16) character set ascii collate ascii_bin NOT NULL,
	`changed_from` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`reason` varchar(200) character set utf8mb4,
	CONSTRAINT `coupon_changes_campaign_id_coupon_id_number_pk` PRIMARY KEY(`campaign_id`,`coupon_id`,`number`)
);
--> statement-breakpoint
ALTER TABLE `coupons` ADD `redeemed_order_id` varchar(64) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `coupons` ADD `redeemed_at_ms` bigint;--> statement-breakpoint
ALTER TABLE `coupons` ADD `redeemed_as` varchar(16) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `coupons` ADD `revoked_at_ms` bigint;--> statement-breakpoint
ALTER TABLE `coupons` ADD `changes` int unsigned;