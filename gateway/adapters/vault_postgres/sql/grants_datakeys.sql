-- What the gateway's role may do in the data key store, run by `pii-gateway vault migrate` as the owner.

REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM PUBLIC, :"gateway";
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC, :"gateway";
GRANT USAGE ON SCHEMA :"schema" TO :"gateway";

GRANT SELECT ON layout TO :"gateway";
GRANT SELECT, UPDATE ON meta, lease TO :"gateway";
GRANT SELECT, INSERT, UPDATE ON key_set TO :"gateway";
GRANT SELECT, INSERT, UPDATE, DELETE ON data_key TO :"gateway";
