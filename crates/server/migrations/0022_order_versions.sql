-- One immutable row for each version of an order. `digest` is SHA-256 of the request that made it, `lines` a JSON text.
CREATE TABLE order_versions (
    order_id TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    amount BIGINT NOT NULL CHECK (amount > 0),
    lines TEXT NOT NULL,
    description TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, version)
);
