ALTER TABLE `campaigns` ADD `eligibility` text;--> statement-breakpoint
ALTER TABLE `campaigns` ADD `time_zone` varchar(64) character set ascii collate ascii_bin;