SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.applied (
    shop character varying(40) NOT NULL,
    field character varying(256) NOT NULL,
    value text NOT NULL,
    at character varying(32) NOT NULL,
    run character varying(64) NOT NULL
);
CREATE TABLE public.events (
    number bigint NOT NULL,
    run character varying(64) NOT NULL,
    shop character varying(40),
    at character varying(32) NOT NULL,
    document text NOT NULL
);
CREATE SEQUENCE public.events_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_number_seq OWNED BY public.events.number;
CREATE TABLE public.ipn_captures (
    shop character varying(40) NOT NULL,
    capture character varying(256) NOT NULL,
    reference character varying(256) NOT NULL,
    state character varying(64) NOT NULL,
    updated character varying(32) NOT NULL,
    amount character varying(32) NOT NULL,
    currency character varying(8) NOT NULL,
    completed boolean NOT NULL,
    source character varying(64) NOT NULL
);
CREATE TABLE public.ipn_mails (
    number bigint NOT NULL,
    event character varying(512) NOT NULL,
    shop character varying(40) NOT NULL,
    receiver text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    state character varying(64) NOT NULL,
    since character varying(32) NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    next_try character varying(32)
);
CREATE SEQUENCE public.ipn_mails_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ipn_mails_number_seq OWNED BY public.ipn_mails.number;
CREATE TABLE public.ipn_messages (
    number bigint NOT NULL,
    message_id character varying(256) NOT NULL,
    digest character varying(64) NOT NULL,
    shop character varying(40) NOT NULL,
    published character varying(32) NOT NULL,
    received character varying(32) NOT NULL,
    kind character varying(64) NOT NULL,
    object_id character varying(256),
    lane character varying(256) NOT NULL,
    arrived_as character varying(64) NOT NULL,
    standing character varying(64) NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    reason character varying(64),
    due character varying(32),
    settled character varying(32),
    order_number character varying(256),
    body bytea NOT NULL
);
CREATE SEQUENCE public.ipn_messages_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ipn_messages_number_seq OWNED BY public.ipn_messages.number;
CREATE TABLE public.ipn_quarantine (
    number bigint NOT NULL,
    received character varying(32) NOT NULL,
    shop character varying(40),
    reason character varying(64) NOT NULL,
    size integer NOT NULL,
    kept integer NOT NULL,
    body bytea NOT NULL
);
CREATE SEQUENCE public.ipn_quarantine_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ipn_quarantine_number_seq OWNED BY public.ipn_quarantine.number;
CREATE TABLE public.leases (
    shop character varying(40) NOT NULL,
    fence bigint NOT NULL,
    owner text NOT NULL,
    run character varying(64) NOT NULL,
    place text,
    pid bigint NOT NULL,
    born bigint NOT NULL,
    taken character varying(32) NOT NULL,
    expires character varying(32) NOT NULL,
    released boolean NOT NULL
);
CREATE TABLE public.run_shops (
    run character varying(64) NOT NULL,
    shop character varying(40) NOT NULL,
    steps text NOT NULL,
    changes text NOT NULL,
    settled bigint DEFAULT 0 NOT NULL,
    unfinished boolean NOT NULL
);
CREATE TABLE public.runs (
    number bigint NOT NULL,
    run character varying(64) NOT NULL,
    actor text NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL,
    command text NOT NULL,
    version text NOT NULL,
    started character varying(32) NOT NULL,
    fingerprint text NOT NULL,
    git_commit text,
    ended character varying(32)
);
CREATE SEQUENCE public.runs_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.runs_number_seq OWNED BY public.runs.number;
ALTER TABLE ONLY public.events ALTER COLUMN number SET DEFAULT nextval('public.events_number_seq'::regclass);
ALTER TABLE ONLY public.ipn_mails ALTER COLUMN number SET DEFAULT nextval('public.ipn_mails_number_seq'::regclass);
ALTER TABLE ONLY public.ipn_messages ALTER COLUMN number SET DEFAULT nextval('public.ipn_messages_number_seq'::regclass);
ALTER TABLE ONLY public.ipn_quarantine ALTER COLUMN number SET DEFAULT nextval('public.ipn_quarantine_number_seq'::regclass);
ALTER TABLE ONLY public.runs ALTER COLUMN number SET DEFAULT nextval('public.runs_number_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.applied VALUES ('sells', 'amazon_settings.enabled', 'true', '2026-11-28T08:57:06.064649+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.seller_id', '"A1CORPUS000001"', '2026-11-28T08:57:06.085325+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.client_id', '"amzn1.application-oa2-client.55555555555555555555555555555555"', '2026-11-28T08:57:06.085325+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.mws_auth_token', '{"digest":"f250d30005d9dfcd3ff7ae4156dba334823e16f879269d91767667b2d530a001","seal":"317ab0546dd4685c31f16393c104fcc303d4ce925eff3940cca718b39280a9bb","sensitive":true,"source":"ref+env://CORPUS_TOKEN"}', '2026-11-28T08:57:06.085325+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.notification_email', '"pay@goes-live.example"', '2026-11-28T08:57:06.085325+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'ipn_endpoint.registration', '"registered"', '2026-11-28T08:57:06.128313+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.enabled', 'true', '2026-11-28T08:57:06.148948+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_settings.buttons_visible', 'true', '2026-11-28T08:57:06.153675+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_pay_payment.use', 'true', '2026-11-28T08:57:06.153675+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_pay_payment.regular', 'true', '2026-11-28T08:57:06.153675+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'system_parts.output', 'true', '2026-11-28T08:57:06.153675+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_pay_payment.pre_order', 'true', '2026-11-28T08:57:06.167376+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'amazon_pay_payment.subscription', 'true', '2026-11-28T08:57:06.167376+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('goes-live', 'system_parts.messages.order_area.label', '"Amazon Pay"', '2026-11-28T08:57:06.174952+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'amazon_settings.enabled', 'true', '2026-11-28T08:57:06.199948+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'amazon_settings.buttons_visible', 'true', '2026-11-28T08:57:06.202111+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'amazon_pay_payment.use', 'true', '2026-11-28T08:57:06.202111+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'amazon_pay_payment.regular', 'true', '2026-11-28T08:57:06.202111+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'system_parts.output', 'true', '2026-11-28T08:57:06.202111+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('is-closed', 'amazon_pay_payment.pre_order', 'true', '2026-11-28T08:57:06.208159+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'amazon_settings.enabled', 'false', '2026-11-28T08:57:06.230563+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'amazon_settings.buttons_visible', 'false', '2026-11-28T08:57:06.234896+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'amazon_pay_payment.use', 'false', '2026-11-28T08:57:06.234896+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'amazon_pay_payment.regular', 'false', '2026-11-28T08:57:06.234896+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'system_parts.output', 'false', '2026-11-28T08:57:06.234896+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('leaves', 'ipn_endpoint.registration', '"absent"', '2026-11-28T08:57:06.247501+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('stays', 'amazon_settings.notification_email', '"new@stays.example"', '2026-11-28T08:57:06.266935+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('stays', 'amazon_pay_payment.regular', 'true', '2026-11-28T08:57:06.268960+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('stays', 'amazon_pay_payment.use', 'true', '2026-11-28T08:57:06.268960+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('stays', 'amazon_settings.buttons_visible', 'true', '2026-11-28T08:57:06.268960+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.applied VALUES ('stays', 'system_parts.output', 'true', '2026-11-28T08:57:06.268960+00:00', '59a27382-9f62-4a36-a3fe-50c52a57252a');
INSERT INTO public.events VALUES (1, '59a27382-9f62-4a36-a3fe-50c52a57252a', NULL, '2026-11-28T08:57:06.055427+00:00', '{"event":"run-started","fingerprint":"sha256:25ad2f117c7d38a818b893fa025b028d89f76efcbc4539794b0adec9dc015619","shops":4,"v":3}');
INSERT INTO public.events VALUES (2, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'sells', '2026-11-28T08:57:06.064649+00:00', '{"event":"shop-agreed","seals":[],"shop":"sells","v":3,"values":[[{"entry":null,"field":"enabled","kind":"amazon_settings"},{"is":"flag","value":true}]]}');
INSERT INTO public.events VALUES (3, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.073420+00:00', '{"event":"shop-started","shop":"goes-live","v":3}');
INSERT INTO public.events VALUES (4, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.076151+00:00', '{"event":"step-started","key":"1d2fb7c9-c37f-4d38-82dd-8ca04e654c00","shop":"goes-live","step":0,"v":3}');
INSERT INTO public.events VALUES (5, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.085325+00:00', '{"closed_ms":null,"event":"step-done","request_id":"8bd0cb84-59b0-4bfd-899d-812de8bc1803","seals":[[{"entry":null,"field":"mws_auth_token","kind":"amazon_settings"},{"is":"secret","value":{"digest":"317ab0546dd4685c31f16393c104fcc303d4ce925eff3940cca718b39280a9bb","sensitive":true}}]],"shop":"goes-live","step":0,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (6, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.089027+00:00', '{"event":"step-started","key":"7c4f4ea4-9525-4081-acd4-d8aefc669ce3","shop":"goes-live","step":1,"v":3}');
INSERT INTO public.events VALUES (7, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.128313+00:00', '{"closed_ms":null,"event":"step-done","request_id":"2d3d248a-601f-45bf-9786-49227397530a","seals":[],"shop":"goes-live","step":1,"v":3,"version":"414affe1a5f16c7f"}');
INSERT INTO public.events VALUES (8, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.132134+00:00', '{"event":"step-started","key":"cd5202e8-dc22-45cc-bbb7-34edb9369e19","shop":"goes-live","step":2,"v":3}');
INSERT INTO public.events VALUES (9, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.139168+00:00', '{"closed_ms":null,"event":"step-done","request_id":"cdd311d5-54d1-4195-8287-f81a53b50dd3","seals":[],"shop":"goes-live","step":2,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (10, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.140778+00:00', '{"event":"step-started","key":"39992916-de19-4057-889b-bcc2f0bb6d47","shop":"goes-live","step":3,"v":3}');
INSERT INTO public.events VALUES (11, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.148948+00:00', '{"closed_ms":null,"event":"step-done","request_id":"225e7fe4-714f-4eab-bd00-5881f7f5ecdf","seals":[],"shop":"goes-live","step":3,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (12, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.153675+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"goes-live","step":4,"v":3,"version":null}');
INSERT INTO public.events VALUES (13, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.156460+00:00', '{"event":"step-started","key":"cc08659b-1eaa-44d3-8353-0caf049bca9f","shop":"goes-live","step":5,"v":3}');
INSERT INTO public.events VALUES (14, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.160529+00:00', '{"closed_ms":27,"event":"step-done","request_id":"e390cd04-c911-4e40-9543-7a45d13a3043","seals":[],"shop":"goes-live","step":5,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (15, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.162295+00:00', '{"event":"step-started","key":"fce0b8bd-f221-4427-adba-354e2da51d11","shop":"goes-live","step":6,"v":3}');
INSERT INTO public.events VALUES (16, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.167376+00:00', '{"closed_ms":null,"event":"step-done","request_id":"39f42fdf-4bb2-45fb-806e-7e29b4259826","seals":[],"shop":"goes-live","step":6,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (17, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.168992+00:00', '{"event":"step-started","key":"7578108e-5e29-49b7-9572-a135e88ce552","shop":"goes-live","step":7,"v":3}');
INSERT INTO public.events VALUES (18, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.174952+00:00', '{"closed_ms":null,"event":"step-done","request_id":"5668af2f-bb15-490b-ab91-0f5a1b026d85","seals":[],"shop":"goes-live","step":7,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (19, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.179999+00:00', '{"event":"shop-verified","shop":"goes-live","v":3}');
INSERT INTO public.events VALUES (20, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.181807+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[[{"entry":null,"field":"mws_auth_token","kind":"amazon_settings"},{"is":"secret","value":{"digest":"317ab0546dd4685c31f16393c104fcc303d4ce925eff3940cca718b39280a9bb","sensitive":true}}]],"shop":"goes-live","step":8,"v":3,"version":null}');
INSERT INTO public.events VALUES (21, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '2026-11-28T08:57:06.184454+00:00', '{"event":"shop-finished","shop":"goes-live","v":3}');
INSERT INTO public.events VALUES (22, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.193328+00:00', '{"event":"shop-started","shop":"is-closed","v":3}');
INSERT INTO public.events VALUES (23, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.193395+00:00', '{"event":"step-started","key":"c3960932-5161-4be1-85e4-7ca1b2f87702","shop":"is-closed","step":0,"v":3}');
INSERT INTO public.events VALUES (24, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.199948+00:00', '{"closed_ms":null,"event":"step-done","request_id":"9aba0e24-00cc-4e6f-8e67-919e44b797fd","seals":[],"shop":"is-closed","step":0,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (25, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.202111+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"is-closed","step":1,"v":3,"version":null}');
INSERT INTO public.events VALUES (26, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.202153+00:00', '{"event":"step-started","key":"dde0b917-5f4c-4972-9d69-1f8ef8a8995b","shop":"is-closed","step":2,"v":3}');
INSERT INTO public.events VALUES (27, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.208159+00:00', '{"closed_ms":null,"event":"step-done","request_id":"82cf6cdd-b5b9-4c95-8c2b-a1c1a3b4a52e","seals":[],"shop":"is-closed","step":2,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (28, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.210129+00:00', '{"event":"shop-verified","shop":"is-closed","v":3}');
INSERT INTO public.events VALUES (29, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.210159+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"is-closed","step":3,"v":3,"version":null}');
INSERT INTO public.events VALUES (30, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '2026-11-28T08:57:06.210173+00:00', '{"event":"shop-finished","shop":"is-closed","v":3}');
INSERT INTO public.events VALUES (31, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.218047+00:00', '{"event":"shop-started","shop":"leaves","v":3}');
INSERT INTO public.events VALUES (32, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.219423+00:00', '{"event":"step-started","key":"2802ef20-3fab-4154-96a4-6adaed7d040d","shop":"leaves","step":0,"v":3}');
INSERT INTO public.events VALUES (33, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.223563+00:00', '{"closed_ms":null,"event":"step-done","request_id":"a1e86037-b5b0-429d-93ec-b11330f94210","seals":[],"shop":"leaves","step":0,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (34, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.225120+00:00', '{"event":"step-started","key":"dfe7802e-9f39-4aee-a0a6-cec2556048d7","shop":"leaves","step":1,"v":3}');
INSERT INTO public.events VALUES (35, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.230563+00:00', '{"closed_ms":null,"event":"step-done","request_id":"a37c5275-145d-4bf7-bcbd-c43311d04b66","seals":[],"shop":"leaves","step":1,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (36, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.234896+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"leaves","step":2,"v":3,"version":null}');
INSERT INTO public.events VALUES (37, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.236733+00:00', '{"event":"step-started","key":"620afd73-008c-4639-a506-a66ab14c2869","shop":"leaves","step":3,"v":3}');
INSERT INTO public.events VALUES (38, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.240378+00:00', '{"closed_ms":20,"event":"step-done","request_id":"c3fbb317-2d98-44d9-acb3-afdb23552991","seals":[],"shop":"leaves","step":3,"v":3,"version":"3"}');
INSERT INTO public.events VALUES (39, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.241843+00:00', '{"event":"step-started","key":"41244004-e727-4bd8-990d-d94452d80b6c","shop":"leaves","step":4,"v":3}');
INSERT INTO public.events VALUES (40, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.247501+00:00', '{"closed_ms":null,"event":"step-done","request_id":"86fdb513-bc55-4eea-8066-e1d7062bbdde","seals":[],"shop":"leaves","step":4,"v":3,"version":"35c5a2ed61fe5ae1"}');
INSERT INTO public.events VALUES (41, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.251072+00:00', '{"event":"shop-verified","shop":"leaves","v":3}');
INSERT INTO public.events VALUES (42, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.252700+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"leaves","step":5,"v":3,"version":null}');
INSERT INTO public.events VALUES (43, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '2026-11-28T08:57:06.254056+00:00', '{"event":"shop-finished","shop":"leaves","v":3}');
INSERT INTO public.events VALUES (44, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.261449+00:00', '{"event":"shop-started","shop":"stays","v":3}');
INSERT INTO public.events VALUES (45, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.261500+00:00', '{"event":"step-started","key":"662f55cb-b5dd-438c-995c-f2d7ccad7e64","shop":"stays","step":0,"v":3}');
INSERT INTO public.events VALUES (46, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.266935+00:00', '{"closed_ms":null,"event":"step-done","request_id":"940eec35-2592-45dc-b95a-f290b0bd2c55","seals":[],"shop":"stays","step":0,"v":3,"version":"2"}');
INSERT INTO public.events VALUES (47, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.268933+00:00', '{"event":"shop-verified","shop":"stays","v":3}');
INSERT INTO public.events VALUES (48, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.268960+00:00', '{"closed_ms":null,"event":"step-done","request_id":null,"seals":[],"shop":"stays","step":1,"v":3,"version":null}');
INSERT INTO public.events VALUES (49, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '2026-11-28T08:57:06.268973+00:00', '{"event":"shop-finished","shop":"stays","v":3}');
INSERT INTO public.events VALUES (50, '59a27382-9f62-4a36-a3fe-50c52a57252a', NULL, '2026-11-28T08:57:06.274145+00:00', '{"event":"run-finished","interrupted":false,"v":3}');
INSERT INTO public.leases VALUES ('goes-live', 1, 'corpus@vm (pid 8315)', '59a27382-9f62-4a36-a3fe-50c52a57252a', 'd70e2c4b-8c1e-467a-ae2d-a2f6c79d4f01 pid:[4026531836]', 8315, 112898, '2026-11-28T08:57:06.071867+00:00', '2026-11-28T08:57:06.190801+00:00', true);
INSERT INTO public.leases VALUES ('is-closed', 1, 'corpus@vm (pid 8315)', '59a27382-9f62-4a36-a3fe-50c52a57252a', 'd70e2c4b-8c1e-467a-ae2d-a2f6c79d4f01 pid:[4026531836]', 8315, 112898, '2026-11-28T08:57:06.192537+00:00', '2026-11-28T08:57:06.215611+00:00', true);
INSERT INTO public.leases VALUES ('leaves', 1, 'corpus@vm (pid 8315)', '59a27382-9f62-4a36-a3fe-50c52a57252a', 'd70e2c4b-8c1e-467a-ae2d-a2f6c79d4f01 pid:[4026531836]', 8315, 112898, '2026-11-28T08:57:06.217376+00:00', '2026-11-28T08:57:06.258208+00:00', true);
INSERT INTO public.leases VALUES ('stays', 1, 'corpus@vm (pid 8315)', '59a27382-9f62-4a36-a3fe-50c52a57252a', 'd70e2c4b-8c1e-467a-ae2d-a2f6c79d4f01 pid:[4026531836]', 8315, 112898, '2026-11-28T08:57:06.260693+00:00', '2026-11-28T08:57:06.273213+00:00', true);
INSERT INTO public.run_shops VALUES ('59a27382-9f62-4a36-a3fe-50c52a57252a', 'goes-live', '[{"does":"write","fields":["amazon_settings.seller_id","amazon_settings.client_id","amazon_settings.mws_auth_token","amazon_settings.notification_email"],"kind":"amazon_settings"},{"does":"write","fields":["ipn_endpoint.registration"],"kind":"ipn_endpoint"},{"does":"close","fields":[],"kind":"storefront_status"},{"does":"write","fields":["amazon_settings.enabled"],"kind":"amazon_settings"},{"does":"verify","fields":[],"kind":""},{"does":"reopen","fields":[],"kind":"storefront_status"},{"does":"write","fields":["amazon_pay_payment.pre_order","amazon_pay_payment.subscription"],"kind":"amazon_pay_payment"},{"does":"write","fields":["system_parts.messages.order_area.label"],"kind":"system_parts"},{"does":"verify","fields":[],"kind":""}]', '[{"after":true,"before":false,"field":"amazon_settings.enabled","reason":"declared"},{"after":"A1CORPUS000001","before":null,"field":"amazon_settings.seller_id","reason":"declared"},{"after":"amzn1.application-oa2-client.55555555555555555555555555555555","before":null,"field":"amazon_settings.client_id","reason":"declared"},{"after":{"digest":"f250d30005d9dfcd3ff7ae4156dba334823e16f879269d91767667b2d530a001","sensitive":true,"source":"ref+env://CORPUS_TOKEN"},"before":null,"field":"amazon_settings.mws_auth_token","reason":"declared"},{"after":"pay@goes-live.example","before":null,"field":"amazon_settings.notification_email","reason":"declared"},{"after":true,"before":false,"field":"amazon_pay_payment.pre_order","reason":"declared"},{"after":true,"before":false,"field":"amazon_pay_payment.subscription","reason":"declared"},{"after":"Amazon Pay","before":null,"field":"system_parts.messages.order_area.label","reason":"declared"},{"after":"registered","before":"absent","field":"ipn_endpoint.registration","reason":"declared"},{"after":true,"before":false,"field":"amazon_settings.buttons_visible","reason":"follows"},{"after":true,"before":false,"field":"amazon_pay_payment.use","reason":"follows"},{"after":true,"before":false,"field":"amazon_pay_payment.regular","reason":"follows"},{"after":true,"before":false,"field":"system_parts.output","reason":"follows"}]', 21, false);
INSERT INTO public.run_shops VALUES ('59a27382-9f62-4a36-a3fe-50c52a57252a', 'is-closed', '[{"does":"write","fields":["amazon_settings.enabled"],"kind":"amazon_settings"},{"does":"verify","fields":[],"kind":""},{"does":"write","fields":["amazon_pay_payment.pre_order"],"kind":"amazon_pay_payment"},{"does":"verify","fields":[],"kind":""}]', '[{"after":true,"before":false,"field":"amazon_settings.enabled","reason":"declared"},{"after":true,"before":false,"field":"amazon_pay_payment.pre_order","reason":"declared"},{"after":true,"before":false,"field":"amazon_settings.buttons_visible","reason":"follows"},{"after":true,"before":false,"field":"amazon_pay_payment.use","reason":"follows"},{"after":true,"before":false,"field":"amazon_pay_payment.regular","reason":"follows"},{"after":true,"before":false,"field":"system_parts.output","reason":"follows"}]', 30, false);
INSERT INTO public.run_shops VALUES ('59a27382-9f62-4a36-a3fe-50c52a57252a', 'leaves', '[{"does":"close","fields":[],"kind":"storefront_status"},{"does":"write","fields":["amazon_settings.enabled"],"kind":"amazon_settings"},{"does":"verify","fields":[],"kind":""},{"does":"reopen","fields":[],"kind":"storefront_status"},{"does":"write","fields":["ipn_endpoint.registration"],"kind":"ipn_endpoint"},{"does":"verify","fields":[],"kind":""}]', '[{"after":false,"before":true,"field":"amazon_settings.enabled","reason":"declared"},{"after":"absent","before":"registered","field":"ipn_endpoint.registration","reason":"declared"},{"after":false,"before":true,"field":"amazon_settings.buttons_visible","reason":"follows"},{"after":false,"before":true,"field":"amazon_pay_payment.use","reason":"follows"},{"after":false,"before":true,"field":"amazon_pay_payment.regular","reason":"follows"},{"after":false,"before":true,"field":"system_parts.output","reason":"follows"}]', 43, false);
INSERT INTO public.run_shops VALUES ('59a27382-9f62-4a36-a3fe-50c52a57252a', 'stays', '[{"does":"write","fields":["amazon_settings.notification_email"],"kind":"amazon_settings"},{"does":"verify","fields":[],"kind":""}]', '[{"after":"new@stays.example","before":"pay@shop.example","field":"amazon_settings.notification_email","reason":"declared"}]', 49, false);
INSERT INTO public.runs VALUES (1, '59a27382-9f62-4a36-a3fe-50c52a57252a', 'corpus', 'vm', 8315, 'apply', '0.1.0', '2026-11-28T08:57:06.043726+00:00', 'sha256:25ad2f117c7d38a818b893fa025b028d89f76efcbc4539794b0adec9dc015619', NULL, '2026-11-28T08:57:06.274145+00:00');
SELECT pg_catalog.setval('public.events_number_seq', 50, true);
SELECT pg_catalog.setval('public.ipn_mails_number_seq', 1, false);
SELECT pg_catalog.setval('public.ipn_messages_number_seq', 1, false);
SELECT pg_catalog.setval('public.ipn_quarantine_number_seq', 1, false);
SELECT pg_catalog.setval('public.runs_number_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.applied
    ADD CONSTRAINT applied_pkey PRIMARY KEY (shop, field);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.ipn_captures
    ADD CONSTRAINT ipn_captures_pkey PRIMARY KEY (shop, capture);
ALTER TABLE ONLY public.ipn_mails
    ADD CONSTRAINT ipn_mails_event_shop_key UNIQUE (event, shop);
ALTER TABLE ONLY public.ipn_mails
    ADD CONSTRAINT ipn_mails_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.ipn_messages
    ADD CONSTRAINT ipn_messages_message_id_shop_key UNIQUE (message_id, shop);
ALTER TABLE ONLY public.ipn_messages
    ADD CONSTRAINT ipn_messages_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.ipn_quarantine
    ADD CONSTRAINT ipn_quarantine_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (shop);
ALTER TABLE ONLY public.run_shops
    ADD CONSTRAINT run_shops_pkey PRIMARY KEY (run, shop);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_run_key UNIQUE (run);
CREATE INDEX ix_events_run ON public.events USING btree (run, shop);
CREATE INDEX ix_events_shop ON public.events USING btree (shop, run);
CREATE INDEX ix_ipn_captures_reference ON public.ipn_captures USING btree (shop, reference);
CREATE INDEX ix_ipn_mails_shop ON public.ipn_mails USING btree (shop, since);
CREATE INDEX ix_ipn_mails_state ON public.ipn_mails USING btree (state, number);
CREATE INDEX ix_ipn_messages_due ON public.ipn_messages USING btree (lane, number, due, shop) WHERE (due IS NOT NULL);
CREATE INDEX ix_ipn_messages_published ON public.ipn_messages USING btree (published);
CREATE INDEX ix_ipn_messages_shop ON public.ipn_messages USING btree (shop, arrived_as, number);
CREATE INDEX ix_ipn_messages_standing ON public.ipn_messages USING btree (standing, reason, number);
CREATE INDEX ix_run_shops_unfinished ON public.run_shops USING btree (shop) WHERE unfinished;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_run_fkey FOREIGN KEY (run) REFERENCES public.runs(run);
ALTER TABLE ONLY public.run_shops
    ADD CONSTRAINT run_shops_run_fkey FOREIGN KEY (run) REFERENCES public.runs(run);
