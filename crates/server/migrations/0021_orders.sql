-- Orders: what never changes. How an order stands is asked of the ledger.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX orders_by_shop ON orders (shop, created_at, id);
CREATE INDEX orders_by_expiry ON orders (expires_at, id);
