-- Judicial confirmation of an agreement (src/absorb/agreement.c; 人民调解法 33).

ALTER TABLE agreement ADD COLUMN confirm_items TEXT;
ALTER TABLE agreement ADD COLUMN confirm_court INTEGER;
ALTER TABLE agreement ADD COLUMN confirm_on INTEGER;
ALTER TABLE agreement ADD COLUMN both_asked INTEGER;
ALTER TABLE agreement ADD COLUMN confirm_result TEXT;
ALTER TABLE agreement ADD COLUMN confirm_no TEXT;
ALTER TABLE agreement ADD COLUMN confirm_ruled INTEGER;
