-- The quoted names of this table go on in what is built on it.
CREATE TABLE "Isotope of an element" (
  "AtomicNumber" integer NOT NULL REFERENCES periodic_table,
  "MassNumber" integer NOT NULL,
  "Half-life (s)" numeric,
  PRIMARY KEY ("AtomicNumber", "MassNumber")
);
INSERT INTO "Isotope of an element" ("AtomicNumber", "MassNumber")
SELECT "AtomicNumber", round("AtomicMass") FROM periodic_table;
CREATE VIEW "Noble gases" AS SELECT "Symbol", "Element" FROM periodic_table WHERE "Group" = 18;
ALTER TABLE periodic_table ADD CONSTRAINT "periodic_table_Symbol_key" UNIQUE ("Symbol");
