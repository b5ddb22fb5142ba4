-- What the gateway's role may do in the vault, run by `pii-gateway vault migrate` as the owner. Evidence is only added.

REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM PUBLIC, :"gateway";
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC, :"gateway";
GRANT USAGE ON SCHEMA :"schema" TO :"gateway";

GRANT SELECT ON layout TO :"gateway";
GRANT SELECT, INSERT ON ledger TO :"gateway";
GRANT SELECT, UPDATE ON meta TO :"gateway";
GRANT SELECT, INSERT, UPDATE, DELETE
    ON record, names, person, holder, session, shown, idempotency, erased TO :"gateway";
-- A name that is spent stays noted for ever.
GRANT SELECT, INSERT, UPDATE ON alias TO :"gateway";
