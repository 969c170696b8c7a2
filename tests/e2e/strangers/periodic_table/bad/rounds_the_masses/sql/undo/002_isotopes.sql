ALTER TABLE periodic_table ALTER COLUMN "AtomicMass" TYPE numeric;
