-- Made from the migrations by `make schemas`.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE platform (
	id INTEGER NOT NULL,
	maintenance BOOLEAN NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE shops (
	shop_key VARCHAR(64) NOT NULL,
	storefront_status VARCHAR(8) NOT NULL,
	storefront_version INTEGER NOT NULL,
	updated_at VARCHAR(19) NOT NULL, closed_message TEXT, guest_purchase BOOLEAN DEFAULT 1 NOT NULL,
	PRIMARY KEY (shop_key)
);
CREATE INDEX shops_updated_at ON shops (updated_at, shop_key);
CREATE TABLE amazon_settings (
	shop_key VARCHAR(64) NOT NULL,
	use_amazon BOOLEAN NOT NULL,
	seller_id VARCHAR(200),
	client_id VARCHAR(200),
	mws_auth_token TEXT NOT NULL,
	token_well_formed BOOLEAN NOT NULL,
	notification_email VARCHAR(254),
	merchant_site_url TEXT,
	api_status VARCHAR(16) NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (shop_key),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX amazon_settings_seller_id ON amazon_settings (seller_id);
CREATE TABLE amazon_pay (
	shop_key VARCHAR(64) NOT NULL,
	in_use BOOLEAN NOT NULL,
	regular BOOLEAN NOT NULL,
	pre_order BOOLEAN NOT NULL,
	subscription BOOLEAN NOT NULL,
	version INTEGER NOT NULL, auto_link BOOLEAN DEFAULT 1 NOT NULL,
	PRIMARY KEY (shop_key),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE system_parts (
	shop_key VARCHAR(64) NOT NULL,
	output BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (shop_key),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE part_texts (
	shop_key VARCHAR(64) NOT NULL,
	part VARCHAR(32) NOT NULL,
	label TEXT,
	message TEXT,
	PRIMARY KEY (shop_key, part),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE entitlements (
	shop_key VARCHAR(64) NOT NULL,
	pay_option BOOLEAN NOT NULL,
	amazon_contract BOOLEAN NOT NULL,
	commerce_creator VARCHAR(16) NOT NULL,
	subscription_applications BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (shop_key),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE ipn_lists (
	seller_id VARCHAR(200) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (seller_id, environment)
);
CREATE TABLE ipn_endpoints (
	endpoint_id INTEGER NOT NULL,
	seller_id VARCHAR(200) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	url TEXT NOT NULL,
	created_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (endpoint_id),
	FOREIGN KEY(seller_id, environment) REFERENCES ipn_lists (seller_id, environment)
);
CREATE INDEX ipn_endpoints_list ON ipn_endpoints (seller_id, environment);
CREATE TABLE amazon_accounts (
	seller_id VARCHAR(200) NOT NULL,
	client_id VARCHAR(200),
	revoked BOOLEAN NOT NULL,
	revoked_tokens TEXT NOT NULL,
	PRIMARY KEY (seller_id)
);
CREATE TABLE orders (
	shop_key VARCHAR(64) NOT NULL,
	order_no VARCHAR(12) NOT NULL,
	type VARCHAR(16) NOT NULL,
	status VARCHAR(24) NOT NULL,
	payment_status VARCHAR(16) NOT NULL,
	receipt_date VARCHAR(19),
	amazon_order_reference_id VARCHAR(64),
	total_amount VARCHAR(16) NOT NULL,
	currency VARCHAR(3) NOT NULL,
	version INTEGER NOT NULL, ordered_at VARCHAR(19),
	PRIMARY KEY (shop_key, order_no),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX orders_reference ON orders (amazon_order_reference_id);
CREATE TABLE changes (
	change_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	shop_key VARCHAR(64) NOT NULL,
	at VARCHAR(19) NOT NULL,
	actor VARCHAR(200) NOT NULL,
	actor_type VARCHAR(16) NOT NULL,
	resource VARCHAR(32) NOT NULL,
	field VARCHAR(120) NOT NULL,
	"before" TEXT NOT NULL,
	"after" TEXT NOT NULL,
	cause VARCHAR(120), write_key VARCHAR(255),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX changes_shop ON changes (shop_key, change_id);
CREATE TABLE clients (
	client_id VARCHAR(200) NOT NULL,
	secret_hash VARCHAR(200) NOT NULL,
	shop_key VARCHAR(64),
	PRIMARY KEY (client_id)
);
CREATE TABLE access_tokens (
	token_hash VARCHAR(64) NOT NULL,
	client_id VARCHAR(200) NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (token_hash),
	FOREIGN KEY(client_id) REFERENCES clients (client_id)
);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);
CREATE TABLE idempotency (
	client_id VARCHAR(200) NOT NULL,
	idempotency_key VARCHAR(255) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	status INTEGER NOT NULL,
	version VARCHAR(64) NOT NULL,
	body TEXT NOT NULL,
	created_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (client_id, idempotency_key)
);
CREATE TABLE charges (
	charge_id VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	charge_permission_id VARCHAR(64) NOT NULL,
	state VARCHAR(32) NOT NULL,
	reason_code VARCHAR(64),
	charge_amount VARCHAR(16) NOT NULL,
	capture_amount VARCHAR(16),
	currency VARCHAR(3) NOT NULL,
	created_at VARCHAR(19) NOT NULL,
	updated_at VARCHAR(19) NOT NULL, merchant_reference_id VARCHAR(64),
	PRIMARY KEY (charge_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX charges_permission ON charges (shop_key, charge_permission_id);
CREATE TABLE identity (
	world VARCHAR(12) NOT NULL,
	PRIMARY KEY (world)
);
CREATE TABLE refunds (
	refund_id VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	charge_id VARCHAR(64) NOT NULL,
	amount VARCHAR(16) NOT NULL,
	currency VARCHAR(3) NOT NULL,
	state VARCHAR(32) NOT NULL,
	reason_code VARCHAR(64),
	created_at VARCHAR(19) NOT NULL,
	updated_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (refund_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX refunds_charge ON refunds (charge_id);
CREATE TABLE disputes (
	dispute_id VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	charge_id VARCHAR(64) NOT NULL,
	amount VARCHAR(16) NOT NULL,
	currency VARCHAR(3) NOT NULL,
	filing_reason VARCHAR(64) NOT NULL,
	state VARCHAR(32) NOT NULL,
	reason_code VARCHAR(64),
	created_at VARCHAR(19) NOT NULL,
	updated_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (dispute_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX disputes_charge ON disputes (charge_id);
CREATE TABLE charge_permissions (
	charge_permission_id VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	type VARCHAR(16) NOT NULL,
	state VARCHAR(32) NOT NULL,
	reason_code VARCHAR(64),
	created_at VARCHAR(19) NOT NULL,
	updated_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (charge_permission_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE admin_users (
	user_id INTEGER NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	account VARCHAR(64) NOT NULL,
	name VARCHAR(64) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	PRIMARY KEY (user_id),
	CONSTRAINT admin_users_account UNIQUE (shop_key, account)
);
CREATE TABLE admin_sessions (
	token_hash VARCHAR(64) NOT NULL,
	user_id INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	notices TEXT NOT NULL,
	draft TEXT NOT NULL,
	PRIMARY KEY (token_hash),
	FOREIGN KEY(user_id) REFERENCES admin_users (user_id)
);
CREATE INDEX admin_sessions_expiry ON admin_sessions (expires_at);
CREATE TABLE sign_in_failures (
	who VARCHAR(64) NOT NULL,
	failures INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	PRIMARY KEY (who)
);
CREATE TABLE preview_sessions (
	token_hash VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	session_hash VARCHAR(64) NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (token_hash),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX preview_sessions_expiry ON preview_sessions (expires_at);
CREATE TABLE payment_texts (
	shop_key VARCHAR(64) NOT NULL,
	display_name TEXT NOT NULL,
	comment_pc TEXT NOT NULL,
	comment_mobile TEXT NOT NULL,
	mail_text TEXT NOT NULL,
	comment_pc_html BOOLEAN DEFAULT 0 NOT NULL,
	comment_mobile_html BOOLEAN DEFAULT 0 NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (shop_key),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE products (
	shop_key VARCHAR(64) NOT NULL,
	product_id VARCHAR(32) NOT NULL,
	name TEXT NOT NULL,
	price INTEGER NOT NULL,
	sale_type VARCHAR(16) NOT NULL,
	cycle_months INTEGER,
	PRIMARY KEY (shop_key, product_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE members (
	member_id INTEGER NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	login_id VARCHAR(254) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	name VARCHAR(64) NOT NULL,
	email VARCHAR(254) NOT NULL,
	mail_accepted BOOLEAN NOT NULL,
	created_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (member_id),
	CONSTRAINT members_login UNIQUE (shop_key, login_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE INDEX members_email ON members (shop_key, email);
CREATE TABLE amazon_buyers (
	buyer_id INTEGER NOT NULL,
	email VARCHAR(254) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	name VARCHAR(64) NOT NULL,
	addresses TEXT NOT NULL,
	PRIMARY KEY (buyer_id),
	UNIQUE (email)
);
CREATE TABLE amazon_consents (
	shop_key VARCHAR(64) NOT NULL,
	seller_id VARCHAR(200) NOT NULL,
	buyer_id INTEGER NOT NULL,
	given_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (shop_key, seller_id, buyer_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id)
);
CREATE TABLE account_links (
	shop_key VARCHAR(64) NOT NULL,
	seller_id VARCHAR(200) NOT NULL,
	buyer_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	linked_at VARCHAR(19) NOT NULL,
	PRIMARY KEY (shop_key, seller_id, buyer_id),
	CONSTRAINT account_links_member UNIQUE (shop_key, seller_id, member_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id),
	FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE amazon_sessions (
	token_hash VARCHAR(64) NOT NULL,
	buyer_id INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (token_hash),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id)
);
CREATE INDEX amazon_sessions_expiry ON amazon_sessions (expires_at);
CREATE TABLE shop_sessions (
	session_id INTEGER NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	member_id INTEGER,
	buyer_id INTEGER,
	login_state VARCHAR(64),
	return_to VARCHAR(200),
	notices TEXT NOT NULL,
	expires_at INTEGER NOT NULL, buyer_seller_id VARCHAR(200),
	PRIMARY KEY (session_id),
	UNIQUE (token_hash),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(member_id) REFERENCES members (member_id),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id)
);
CREATE INDEX shop_sessions_expiry ON shop_sessions (expires_at);
CREATE TABLE cart_items (
	session_id INTEGER NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	product_id VARCHAR(32) NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (session_id, product_id),
	FOREIGN KEY(shop_key, product_id) REFERENCES products (shop_key, product_id),
	FOREIGN KEY(session_id) REFERENCES shop_sessions (session_id)
);
CREATE TABLE checkout_sessions (
	checkout_session_id VARCHAR(36) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	session_id INTEGER NOT NULL,
	seller_id VARCHAR(200) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	order_type VARCHAR(16) NOT NULL,
	state VARCHAR(16) NOT NULL,
	amount VARCHAR(16) NOT NULL,
	items TEXT NOT NULL,
	buyer_id INTEGER,
	address TEXT,
	card VARCHAR(8),
	order_no VARCHAR(12),
	created_at VARCHAR(19) NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (checkout_session_id),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id)
);
CREATE INDEX checkout_sessions_shop ON checkout_sessions (shop_key, created_at);
CREATE TABLE order_details (
	shop_key VARCHAR(64) NOT NULL,
	order_no VARCHAR(12) NOT NULL,
	items TEXT NOT NULL,
	buyer_name VARCHAR(64) NOT NULL,
	buyer_email VARCHAR(254) NOT NULL,
	address TEXT NOT NULL,
	delivery_time VARCHAR(64) NOT NULL,
	request TEXT NOT NULL,
	member_id INTEGER,
	PRIMARY KEY (shop_key, order_no),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(member_id) REFERENCES members (member_id)
);
CREATE TABLE received_mails (
	mail_id INTEGER NOT NULL,
	received_at VARCHAR(19) NOT NULL,
	shop_key VARCHAR(64),
	order_no VARCHAR(12),
	sender_name TEXT NOT NULL,
	sender VARCHAR(254) NOT NULL,
	recipient VARCHAR(254) NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (mail_id)
);
CREATE INDEX received_mails_recipient ON received_mails (recipient);
CREATE TABLE javascript_origins (
	seller_id VARCHAR(200) NOT NULL,
	origin VARCHAR(200) NOT NULL,
	PRIMARY KEY (seller_id, origin)
);
CREATE TABLE amazon_codes (
	code_hash VARCHAR(64) NOT NULL,
	purpose VARCHAR(16) NOT NULL,
	shop_key VARCHAR(64) NOT NULL,
	seller_id VARCHAR(200) NOT NULL,
	buyer_id INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (code_hash),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key),
	FOREIGN KEY(buyer_id) REFERENCES amazon_buyers (buyer_id)
);
CREATE TABLE reviewed_applications (
	shop_key VARCHAR(64) NOT NULL,
	application VARCHAR(32) NOT NULL,
	PRIMARY KEY (shop_key, application),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
CREATE TABLE shop_fences (
	shop_key VARCHAR(64) NOT NULL,
	issuer VARCHAR(64) NOT NULL,
	number BIGINT NOT NULL,
	PRIMARY KEY (shop_key, issuer),
	FOREIGN KEY(shop_key) REFERENCES shops (shop_key)
);
INSERT INTO alembic_version (version_num) VALUES ('0013');
INSERT INTO identity (world) VALUES (lower(hex(randomblob(6))));
INSERT INTO platform (id, maintenance) VALUES (1, 0);
