ALTER TABLE `campaign_changes` ADD `changed_by` varchar(64) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `campaign_changes` ADD `changed_from` varchar(64) character set ascii collate ascii_bin;--> statement-breakpoint
ALTER TABLE `campaign_changes` ADD `reason` varchar(200) character set utf8mb4;