-- The two roles of a store, run once by an administrator of the server; `pii-gateway vault roles` fills the names in, and
-- psql does too (-v owner=… -v gateway=… -v schema=… -v database=…). Passwords or certificates are set apart.

-- Owns schema and tables; used by `pii-gateway vault migrate` alone.
-- One that is there already, for another store of this server, is left as it is.
DO $$ BEGIN
    CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- The gateway: owns nothing, so that it can neither drop nor alter nor truncate anything.
DO $$ BEGIN
    CREATE ROLE :"gateway" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"owner", :"gateway";
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"owner";
