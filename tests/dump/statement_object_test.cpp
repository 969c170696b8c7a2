#include "statement_object.hpp"

#include <gmock/gmock.h>

namespace prodclone::dump {
namespace {

std::string named(std::string_view statement) {
  const auto object = object_of(statement);
  return object.kind + ' ' + object.name;
}

TEST(StatementObject, IsNamedAsPgDumpNamesIt) {
  EXPECT_EQ(named("CREATE TABLE public.\"Sales Order\" (id int)"), "table public.Sales Order");
  EXPECT_EQ(named("CREATE UNLOGGED TABLE IF NOT EXISTS t (id int)"), "table t");
  EXPECT_EQ(named("CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY public.t USING btree (a)"), "index public.i");
  EXPECT_EQ(named("CREATE OR REPLACE FUNCTION public.f(a int) RETURNS int LANGUAGE sql AS 'x'"), "function public.f");
  EXPECT_EQ(named("CREATE MATERIALIZED VIEW m AS SELECT 1"), "materialized_view m");
  EXPECT_EQ(named("CREATE TRIGGER tr BEFORE UPDATE OF a ON public.t FOR EACH ROW EXECUTE FUNCTION f()"), "trigger public.t.tr");
  EXPECT_EQ(named("CREATE POLICY p ON public.t USING (true)"), "policy public.t.p");
  EXPECT_EQ(named("CREATE RULE r AS ON INSERT TO public.t DO NOTHING"), "rule public.t.r");
  EXPECT_EQ(named("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()"), "event_trigger e");
  EXPECT_EQ(named("CREATE TEXT SEARCH CONFIGURATION public.c (PARSER = x)"), "text_search_configuration public.c");
  EXPECT_EQ(named("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public"), "extension uuid-ossp");
  EXPECT_EQ(named("CREATE USER MAPPING FOR u SERVER s"), "user_mapping u@s");
  EXPECT_EQ(named("ALTER TABLE ONLY public.b\n    ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES a(id)"), "foreign_key public.b.k");
  EXPECT_EQ(named("ALTER TABLE ONLY public.b ADD CONSTRAINT pk PRIMARY KEY (id)"), "primary_key public.b.pk");
  EXPECT_EQ(named("ALTER TABLE public.b ADD CONSTRAINT c CHECK (a > 0)"), "check_constraint public.b.c");
  EXPECT_EQ(named("ALTER TABLE ONLY public.e ATTACH PARTITION public.e1 FOR VALUES IN (1)"), "partition public.e1");
  EXPECT_EQ(named("ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('s')"), "column public.t.id");
  EXPECT_EQ(named("COPY public.t (a, b) FROM stdin"), "table_data public.t");
  EXPECT_EQ(named("INSERT INTO \"T\" VALUES (1)"), "table_data T");
  EXPECT_EQ(named("SELECT pg_catalog.setval('public.\"S\"', 41, true)"), "sequence_value public.S");
  EXPECT_EQ(named("COMMENT ON TABLE public.t IS 'x'"), "comment table public.t");
  EXPECT_EQ(named("DO $$ BEGIN END $$"), "statement DO");
}

TEST(StatementObject, OfAConstraintHasItsTableAsSql) {
  const auto object = object_of("ALTER TABLE ONLY public.\"B b\"\n    ADD CONSTRAINT \"its A\" FOREIGN KEY (a) REFERENCES a(id)");
  EXPECT_EQ(object.table_sql, "\"public\".\"B b\"");
  EXPECT_EQ(object.part, "its A");
}

}  // namespace
}  // namespace prodclone::dump
