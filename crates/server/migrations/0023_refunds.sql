-- Refunds: written before their posting, never changed. `number` orders the refunds of one order from 1; a row is written only
-- when the outcome of the one before is known, so that each refund's share of the fee has one answer.
CREATE TABLE refunds (
    id TEXT NOT NULL,
    shop TEXT NOT NULL,
    order_id TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (shop, id),
    UNIQUE (order_id, number)
);
