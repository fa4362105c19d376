-- Payments without order are given back as well: `subject` is the order's id, or `payer/payment` where there is no order.
ALTER TABLE refunds RENAME COLUMN order_id TO subject;
