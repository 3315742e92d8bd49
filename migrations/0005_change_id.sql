ALTER TABLE `campaign_changes` ADD `change_id` binary(16);--> statement-breakpoint
ALTER TABLE `campaign_changes` ADD CONSTRAINT `campaign_changes_change` UNIQUE(`campaign_id`,`change_id`);