-- Made from the migrations by `make schemas`.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE runs (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	run VARCHAR(64) NOT NULL,
	actor TEXT NOT NULL,
	host TEXT NOT NULL,
	pid BIGINT NOT NULL,
	command TEXT NOT NULL,
	version TEXT NOT NULL,
	started VARCHAR(32) NOT NULL,
	fingerprint TEXT NOT NULL,
	git_commit TEXT,
	ended VARCHAR(32),
	UNIQUE (run)
);
CREATE TABLE events (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	run VARCHAR(64) NOT NULL,
	shop VARCHAR(40),
	at VARCHAR(32) NOT NULL,
	document TEXT NOT NULL,
	FOREIGN KEY(run) REFERENCES runs (run)
);
CREATE INDEX ix_events_run ON events (run, shop);
CREATE INDEX ix_events_shop ON events (shop, run);
CREATE TABLE run_shops (
	run VARCHAR(64) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	steps TEXT NOT NULL,
	changes TEXT NOT NULL,
	settled INTEGER DEFAULT 0 NOT NULL,
	unfinished BOOLEAN NOT NULL,
	PRIMARY KEY (run, shop),
	FOREIGN KEY(run) REFERENCES runs (run)
);
CREATE INDEX ix_run_shops_unfinished ON run_shops (shop) WHERE unfinished = 1;
CREATE TABLE applied (
	shop VARCHAR(40) NOT NULL,
	field VARCHAR(256) NOT NULL,
	value TEXT NOT NULL,
	at VARCHAR(32) NOT NULL,
	run VARCHAR(64) NOT NULL,
	PRIMARY KEY (shop, field)
);
CREATE TABLE leases (
	shop VARCHAR(40) NOT NULL,
	fence BIGINT NOT NULL,
	owner TEXT NOT NULL,
	run VARCHAR(64) NOT NULL,
	place TEXT,
	pid BIGINT NOT NULL,
	born BIGINT NOT NULL,
	taken VARCHAR(32) NOT NULL,
	expires VARCHAR(32) NOT NULL,
	released BOOLEAN NOT NULL,
	PRIMARY KEY (shop)
);
CREATE TABLE ipn_messages (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	message_id VARCHAR(256) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	published VARCHAR(32) NOT NULL,
	received VARCHAR(32) NOT NULL,
	kind VARCHAR(64) NOT NULL,
	object_id VARCHAR(256),
	lane VARCHAR(256) NOT NULL,
	arrived_as VARCHAR(64) NOT NULL,
	standing VARCHAR(64) NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	reason VARCHAR(64),
	due VARCHAR(32),
	settled VARCHAR(32),
	order_number VARCHAR(256),
	body BLOB NOT NULL, mail_event VARCHAR(512), state VARCHAR(64), code VARCHAR(64), amount VARCHAR(32), currency VARCHAR(8),
	UNIQUE (message_id, shop)
);
CREATE INDEX ix_ipn_messages_published ON ipn_messages (published);
CREATE INDEX ix_ipn_messages_shop ON ipn_messages (shop, arrived_as, number);
CREATE INDEX ix_ipn_messages_standing ON ipn_messages (standing, reason, number);
CREATE TABLE ipn_captures (
	shop VARCHAR(40) NOT NULL,
	capture VARCHAR(256) NOT NULL,
	reference VARCHAR(256) NOT NULL,
	state VARCHAR(64) NOT NULL,
	updated VARCHAR(32) NOT NULL,
	amount VARCHAR(32) NOT NULL,
	currency VARCHAR(8) NOT NULL,
	completed BOOLEAN NOT NULL,
	source VARCHAR(64) NOT NULL, permission VARCHAR(256), order_number VARCHAR(256),
	PRIMARY KEY (shop, capture)
);
CREATE INDEX ix_ipn_captures_reference ON ipn_captures (shop, reference);
CREATE TABLE ipn_mails (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	event VARCHAR(512) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	receiver TEXT NOT NULL,
	subject TEXT NOT NULL,
	text TEXT NOT NULL,
	state VARCHAR(64) NOT NULL,
	since VARCHAR(32) NOT NULL,
	tries INTEGER DEFAULT 0 NOT NULL,
	next_try VARCHAR(32), order_number VARCHAR(256), created VARCHAR(32), problem VARCHAR(64), code INTEGER, answer TEXT, doubtful TEXT DEFAULT '' NOT NULL, dismissed_by TEXT, dismissed_because TEXT,
	UNIQUE (event, shop)
);
CREATE INDEX ix_ipn_mails_state ON ipn_mails (state, number);
CREATE INDEX ix_ipn_mails_shop ON ipn_mails (shop, since);
CREATE TABLE ipn_quarantine (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	received VARCHAR(32) NOT NULL,
	shop VARCHAR(40),
	reason VARCHAR(64) NOT NULL,
	size INTEGER NOT NULL,
	kept INTEGER NOT NULL,
	body BLOB NOT NULL
, source VARCHAR(64), account VARCHAR(12), topic VARCHAR(512), seller VARCHAR(256), kind VARCHAR(64), message_id VARCHAR(256), digest VARCHAR(64));
CREATE TABLE store_identity (
	slot INTEGER NOT NULL,
	name VARCHAR(32) NOT NULL,
	PRIMARY KEY (slot)
);
CREATE UNIQUE INDEX ix_ipn_quarantine_message ON ipn_quarantine (message_id, shop);
CREATE INDEX ix_ipn_quarantine_topic ON ipn_quarantine (source, account, topic, shop, number, kept);
CREATE INDEX ix_ipn_messages_settled ON ipn_messages (shop, settled) WHERE settled IS NOT NULL;
CREATE INDEX ix_ipn_captures_permission ON ipn_captures (shop, permission);
CREATE TABLE ipn_objects (
	shop VARCHAR(40) NOT NULL,
	object_id VARCHAR(256) NOT NULL,
	kind VARCHAR(64) NOT NULL,
	reference VARCHAR(256) NOT NULL,
	permission VARCHAR(256),
	state VARCHAR(64) NOT NULL,
	code VARCHAR(64),
	amount VARCHAR(32),
	currency VARCHAR(8),
	updated VARCHAR(32) NOT NULL,
	deadline VARCHAR(32),
	order_number VARCHAR(256),
	source VARCHAR(64) NOT NULL,
	PRIMARY KEY (shop, object_id)
);
CREATE INDEX ix_ipn_objects_reference ON ipn_objects (shop, reference);
CREATE INDEX ix_ipn_objects_permission ON ipn_objects (shop, permission);
CREATE INDEX ix_ipn_objects_state ON ipn_objects (shop, kind, state);
CREATE TABLE looks (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	fleet VARCHAR(256) NOT NULL,
	started VARCHAR(20) NOT NULL,
	ended VARCHAR(20),
	milliseconds BIGINT,
	requests INTEGER,
	complete BOOLEAN NOT NULL,
	shops INTEGER,
	unread INTEGER,
	events INTEGER
);
CREATE INDEX ix_looks_fleet ON looks (fleet, number);
CREATE TABLE findings (
	id VARCHAR(16) NOT NULL,
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(256) NOT NULL,
	field VARCHAR(256) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	state VARCHAR(32) NOT NULL,
	severity INTEGER NOT NULL,
	owner TEXT,
	file TEXT,
	desired TEXT NOT NULL,
	observed TEXT NOT NULL,
	actor TEXT,
	actor_type TEXT,
	actor_at VARCHAR(32),
	first_seen VARCHAR(20) NOT NULL,
	opened VARCHAR(20) NOT NULL,
	last_seen VARCHAR(20) NOT NULL,
	since VARCHAR(20) NOT NULL,
	flipped VARCHAR(20) NOT NULL,
	openings TEXT NOT NULL,
	present BOOLEAN NOT NULL,
	resolved_by VARCHAR(32),
	accepted_until VARCHAR(20),
	look INTEGER NOT NULL, labels TEXT DEFAULT '{}' NOT NULL, shop_group TEXT,
	PRIMARY KEY (id)
);
CREATE INDEX ix_findings_state ON findings (fleet, state);
CREATE TABLE finding_events (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	finding VARCHAR(16) NOT NULL,
	fleet VARCHAR(256) NOT NULL,
	look INTEGER NOT NULL,
	at VARCHAR(20) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	document TEXT NOT NULL
);
CREATE INDEX ix_finding_events_finding ON finding_events (finding, number);
CREATE INDEX ix_finding_events_fleet ON finding_events (fleet, number);
CREATE TABLE unread_shops (
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	since VARCHAR(20) NOT NULL,
	last_good VARCHAR(20),
	code VARCHAR(32) NOT NULL,
	PRIMARY KEY (fleet, shop)
);
CREATE TABLE finding_readers (
	fleet VARCHAR(256) NOT NULL,
	reader VARCHAR(128) NOT NULL,
	event INTEGER NOT NULL,
	PRIMARY KEY (fleet, reader)
);
CREATE TABLE reviewed_plans (
	fleet VARCHAR(256) NOT NULL,
	place VARCHAR(300) NOT NULL,
	number BIGINT NOT NULL,
	head VARCHAR(64) NOT NULL,
	base VARCHAR(64) NOT NULL,
	fingerprint VARCHAR(71) NOT NULL,
	leaves TEXT NOT NULL,
	created VARCHAR(32) NOT NULL,
	PRIMARY KEY (fleet, place, number, head)
);
CREATE TABLE deferred_applies (
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	place VARCHAR(300) NOT NULL,
	number BIGINT NOT NULL,
	head VARCHAR(64) NOT NULL,
	leaf VARCHAR(71) NOT NULL,
	approved VARCHAR(32) NOT NULL,
	expires VARCHAR(32) NOT NULL,
	since VARCHAR(32) NOT NULL,
	dropped VARCHAR(32),
	dropped_by TEXT, applied VARCHAR(32), applied_run VARCHAR(64),
	PRIMARY KEY (fleet, shop)
);
CREATE TABLE apply_reports (
	fleet VARCHAR(256) NOT NULL,
	place VARCHAR(300) NOT NULL,
	number BIGINT NOT NULL,
	digest VARCHAR(71) NOT NULL,
	PRIMARY KEY (fleet, place, number)
);
CREATE TABLE ipn_reminders (
	shop VARCHAR(40) NOT NULL,
	object_id VARCHAR(256) NOT NULL,
	moment VARCHAR(32) NOT NULL,
	PRIMARY KEY (shop, object_id, moment)
);
CREATE TABLE alerts (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	id VARCHAR(32) NOT NULL,
	fleet VARCHAR(256) NOT NULL,
	channel VARCHAR(64) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	state VARCHAR(32) NOT NULL,
	severity INTEGER NOT NULL,
	created VARCHAR(20) NOT NULL,
	at VARCHAR(20) NOT NULL,
	due VARCHAR(20) NOT NULL,
	entries TEXT NOT NULL,
	count INTEGER NOT NULL,
	cause TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	claimed_until VARCHAR(20),
	ended VARCHAR(20),
	problem VARCHAR(32),
	status INTEGER,
	detail TEXT,
	answer TEXT,
	UNIQUE (id)
);
CREATE INDEX ix_alerts_state ON alerts (fleet, state, channel);
CREATE TABLE alerted_findings (
	fleet VARCHAR(256) NOT NULL,
	channel VARCHAR(64) NOT NULL,
	finding VARCHAR(16) NOT NULL,
	alert VARCHAR(32) NOT NULL,
	PRIMARY KEY (fleet, channel, finding)
);
CREATE TABLE looked_shops (
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	last_good VARCHAR(20),
	PRIMARY KEY (fleet, shop)
);
CREATE TABLE metric_totals (
	fleet VARCHAR(256) NOT NULL,
	metric VARCHAR(64) NOT NULL,
	labels VARCHAR(256) NOT NULL,
	value DOUBLE NOT NULL,
	PRIMARY KEY (fleet, metric, labels)
);
CREATE TABLE heals (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	fleet VARCHAR(256) NOT NULL,
	finding VARCHAR(16) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	field VARCHAR(256) NOT NULL,
	rule VARCHAR(64) NOT NULL,
	at VARCHAR(20) NOT NULL,
	outcome VARCHAR(32) NOT NULL,
	actor TEXT NOT NULL,
	desired TEXT NOT NULL,
	run VARCHAR(64)
);
CREATE INDEX ix_heals_finding ON heals (finding, number);
CREATE INDEX ix_heals_fleet ON heals (fleet, number);
CREATE TABLE proposals (
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	file TEXT NOT NULL,
	fingerprint VARCHAR(80) NOT NULL,
	rule VARCHAR(64) NOT NULL,
	at VARCHAR(20) NOT NULL,
	findings TEXT NOT NULL,
	PRIMARY KEY (fleet, shop)
);
CREATE TABLE watch_states (
	fleet VARCHAR(256) NOT NULL,
	name VARCHAR(64) NOT NULL,
	value TEXT NOT NULL,
	at VARCHAR(20) NOT NULL,
	PRIMARY KEY (fleet, name)
);
CREATE TABLE closures (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	run VARCHAR(64) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	at VARCHAR(32) NOT NULL,
	milliseconds BIGINT NOT NULL,
	FOREIGN KEY(run) REFERENCES runs (run)
);
CREATE INDEX ix_closures_at ON closures (at);
CREATE INDEX ix_closures_run ON closures (run);
CREATE INDEX ix_closures_shop ON closures (shop, at);
CREATE INDEX ix_finding_events_at ON finding_events (fleet, at, finding, kind);
CREATE INDEX ix_looks_complete ON looks (fleet, complete, ended);
CREATE TABLE fleet_runs (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	id VARCHAR(64) NOT NULL,
	fleet VARCHAR(256) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	git_commit VARCHAR(64) NOT NULL,
	created VARCHAR(32) NOT NULL,
	actor TEXT NOT NULL,
	options TEXT NOT NULL,
	state VARCHAR(32) NOT NULL,
	wave INTEGER NOT NULL,
	ended VARCHAR(32),
	why TEXT,
	UNIQUE (id)
);
CREATE INDEX ix_fleet_runs_fleet ON fleet_runs (fleet, number);
CREATE TABLE run_chunks (
	run VARCHAR(64) NOT NULL,
	number INTEGER NOT NULL,
	wave INTEGER NOT NULL,
	shops_from VARCHAR(40) NOT NULL,
	shops_to VARCHAR(40) NOT NULL,
	shops INTEGER NOT NULL,
	state VARCHAR(32) NOT NULL,
	fence BIGINT NOT NULL,
	attempts INTEGER NOT NULL,
	worker VARCHAR(256),
	claimed VARCHAR(32),
	seen VARCHAR(32),
	result_digest VARCHAR(71),
	result TEXT,
	PRIMARY KEY (run, number),
	FOREIGN KEY(run) REFERENCES fleet_runs (id)
);
CREATE TABLE chunk_shops (
	run VARCHAR(64) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	number INTEGER NOT NULL,
	leaf VARCHAR(71) NOT NULL,
	PRIMARY KEY (run, shop),
	FOREIGN KEY(run) REFERENCES fleet_runs (id)
);
CREATE INDEX ix_chunk_shops_chunk ON chunk_shops (run, number);
CREATE TABLE run_outcomes (
	run VARCHAR(64) NOT NULL,
	outcome VARCHAR(32) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	PRIMARY KEY (run, outcome, shop),
	FOREIGN KEY(run) REFERENCES fleet_runs (id)
);
CREATE TABLE shared_rates (
	fleet VARCHAR(256) NOT NULL,
	tokens FLOAT NOT NULL,
	filled VARCHAR(32) NOT NULL,
	per_second FLOAT NOT NULL,
	halved VARCHAR(32),
	PRIMARY KEY (fleet)
);
CREATE TABLE closure_slots (
	run VARCHAR(64) NOT NULL,
	slot INTEGER NOT NULL,
	holder VARCHAR(320),
	shop VARCHAR(40),
	until VARCHAR(32),
	PRIMARY KEY (run, slot),
	FOREIGN KEY(run) REFERENCES fleet_runs (id)
);
CREATE TABLE onboarding_shops (
	fleet VARCHAR(256) NOT NULL,
	shop VARCHAR(40) NOT NULL,
	checked VARCHAR(20) NOT NULL,
	rank INTEGER NOT NULL,
	party VARCHAR(32),
	since VARCHAR(20),
	was_live BOOLEAN NOT NULL,
	items TEXT NOT NULL,
	place TEXT,
	table_file TEXT,
	table_line INTEGER,
	row_digest VARCHAR(64),
	PRIMARY KEY (fleet, shop)
);
CREATE INDEX ix_onboarding_shops_checked ON onboarding_shops (fleet, checked, rank, shop);
CREATE INDEX ix_ipn_messages_due ON ipn_messages (number, lane, due, shop) WHERE due IS NOT NULL;
INSERT INTO alembic_version (version_num) VALUES ('0019');
