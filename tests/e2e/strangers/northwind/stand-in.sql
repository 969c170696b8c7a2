CREATE TABLE customers (customer_id varchar(5) NOT NULL, company_name varchar(40) NOT NULL, phone varchar(24), CONSTRAINT pk_customers PRIMARY KEY (customer_id));
CREATE TABLE orders (order_id smallint NOT NULL, customer_id varchar(5), order_date date, shipped_date date, CONSTRAINT pk_orders PRIMARY KEY (order_id),
  CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES customers);
INSERT INTO customers VALUES ('AAAAA', 'Sample & Sons', '(02) 555 01 23 45'), ('BBBBB', 'Example', '555-0199');
INSERT INTO orders SELECT i, 'AAAAA', date '2026-01-01' + i, CASE WHEN i % 3 > 0 THEN date '2026-01-05' + i END FROM generate_series(1, 90) i;
