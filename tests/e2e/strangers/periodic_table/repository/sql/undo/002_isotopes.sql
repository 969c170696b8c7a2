ALTER TABLE periodic_table DROP CONSTRAINT "periodic_table_Symbol_key";
DROP VIEW "Noble gases";
DROP TABLE "Isotope of an element";
