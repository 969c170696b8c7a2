CREATE TABLE periodic_table ("AtomicNumber" integer NOT NULL, "Element" text, "Symbol" text, "AtomicMass" numeric, "Group" integer,
  CONSTRAINT periodic_table_pkey PRIMARY KEY ("AtomicNumber"));
INSERT INTO periodic_table VALUES (1, 'Hydrogen', 'H', 1.007, 1), (2, 'Helium', 'He', 4.002, 18), (3, 'Lithium', 'Li', 6.941, 1);
