#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/checks/schema_lineage.hpp>
#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::checks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SchemaLineage : public testing::Test {
 protected:
  // The leftovers of a migration, as "object" lines.
  Findings after(const std::string& base, const std::string& migration,
                 const std::vector<LeftoverWaiver>& waivers = {}) {
    session_.execute("SET search_path = public; " + base);
    const auto before = schema::take_snapshot(session_);
    session_.execute("SET search_path = public; " + migration);
    const auto now = schema::take_snapshot(session_);
    return schema_lineage(now, schema::diff_by_identity(before, now), waivers);
  }
  int major() { return session_.server_major(); }

  static std::vector<std::string> objects(const Findings& findings) {
    std::vector<std::string> names;
    for (const auto& finding : findings) names.push_back(finding.object);
    return names;
  }

 private:
  selftest::ScratchDatabase database_;
  pg::Session session_{database_.conninfo()};
};

const std::string tenancy = R"(
CREATE TYPE party_kind AS ENUM ('person', 'legal_entity');
CREATE TABLE legal_entity (id serial CONSTRAINT legal_entity_pkey PRIMARY KEY, title text, kind party_kind DEFAULT 'legal_entity');
CREATE TABLE document (id int, legal_entity_id int CONSTRAINT document_legal_entity_id_fkey REFERENCES legal_entity, note text DEFAULT 'x');
CREATE INDEX idx_document_legal_entity_id ON document (legal_entity_id);
CREATE FUNCTION payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM json_build_object('legal_entity_id', NEW.legal_entity_id);
  RETURN NEW;
END $$;
CREATE TRIGGER document_payload BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION payload();
CREATE POLICY legal_entity_isolation ON document USING (legal_entity_id > 0);
CREATE VIEW documents AS SELECT id, legal_entity_id FROM document;
COMMENT ON TABLE legal_entity IS 'A legal entity that we work for';
)";

const std::string rename_everything = R"(
ALTER TABLE legal_entity RENAME TO tenant;
ALTER TABLE tenant RENAME CONSTRAINT legal_entity_pkey TO tenant_pkey;
ALTER SEQUENCE legal_entity_id_seq RENAME TO tenant_id_seq;
ALTER TYPE party_kind RENAME VALUE 'legal_entity' TO 'tenant';
ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id;
ALTER TABLE document RENAME CONSTRAINT document_legal_entity_id_fkey TO document_tenant_id_fkey;
ALTER INDEX idx_document_legal_entity_id RENAME TO idx_document_tenant_id;
CREATE OR REPLACE FUNCTION payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM json_build_object('tenant_id', NEW.tenant_id);
  RETURN NEW;
END $$;
ALTER POLICY legal_entity_isolation ON document RENAME TO tenant_isolation;
ALTER VIEW documents RENAME COLUMN legal_entity_id TO tenant_id;
COMMENT ON TABLE tenant IS 'A tenant that we work for';
)";

// From 18 on NOT NULL constraints have names, which renames leave alone.
const std::string rename_not_null =
    "ALTER TABLE tenant RENAME CONSTRAINT legal_entity_id_not_null TO tenant_id_not_null;";

TEST_F(SchemaLineage, ACompleteRenameLeavesNothing) {
  EXPECT_THAT(objects(after(tenancy, rename_everything + (major() >= 18 ? rename_not_null : ""))), IsEmpty());
}

TEST_F(SchemaLineage, EverythingForgottenIsFound) {
  const auto findings = after(tenancy, "ALTER TABLE legal_entity RENAME TO tenant");
  auto expected = std::vector<std::string>{"primary_key public.tenant.legal_entity_pkey",
                                           "sequence public.legal_entity_id_seq",
                                           "enum_value public.party_kind.legal_entity",
                                           "column public.document.legal_entity_id",
                                           "foreign_key public.document.document_legal_entity_id_fkey",
                                           "index public.idx_document_legal_entity_id",
                                           "function public.payload()",
                                           "policy public.document.legal_entity_isolation",
                                           "column public.documents.legal_entity_id",
                                           "comment table public.tenant"};
  if (major() >= 18) expected.push_back("not_null_constraint public.tenant.legal_entity_id_not_null");
  EXPECT_THAT(objects(findings), testing::UnorderedElementsAreArray(expected)) << to_string(findings);
}

TEST_F(SchemaLineage, EachFindingGivesTheStatementThatMendsIt) {
  const auto findings = after(tenancy, "ALTER TABLE legal_entity RENAME TO tenant");
  std::vector<std::string> remedies;
  for (const auto& finding : findings) remedies.push_back(finding.remedy);
  EXPECT_THAT(remedies, testing::IsSupersetOf(
                            {"ALTER TABLE public.tenant RENAME CONSTRAINT legal_entity_pkey TO tenant_pkey;",
                             "ALTER SEQUENCE public.legal_entity_id_seq RENAME TO tenant_id_seq;",
                             "ALTER TYPE public.party_kind RENAME VALUE 'legal_entity' TO 'tenant';",
                             "ALTER TABLE public.document RENAME COLUMN legal_entity_id TO tenant_id;",
                             "ALTER INDEX public.idx_document_legal_entity_id RENAME TO idx_document_tenant_id;",
                             "ALTER POLICY legal_entity_isolation ON public.document RENAME TO tenant_isolation;",
                             "ALTER VIEW public.documents RENAME COLUMN legal_entity_id TO tenant_id;"}));
}

TEST_F(SchemaLineage, TheForgottenLineOfABodyIsShown) {
  const auto findings = after(
      tenancy,
      "ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id; ALTER TABLE legal_entity RENAME TO tenant");
  const auto body = std::find_if(findings.begin(), findings.end(),
                                 [](const Finding& f) { return f.object == "function public.payload()"; });
  ASSERT_NE(body, findings.end());
  EXPECT_THAT(body->evidence,
              ElementsAre("line 3: PERFORM json_build_object('legal_entity_id', NEW.legal_entity_id);"));
}

TEST_F(SchemaLineage, AWaivedLeftoverIsNoFinding) {
  const auto findings = after(tenancy,
                              rename_everything + (major() >= 18 ? rename_not_null : "") +
                                  "ALTER VIEW documents RENAME COLUMN tenant_id TO legal_entity_id",
                              {{.kind = "column", .name = "public.documents.*", .reason = "the old client reads it"}});
  EXPECT_THAT(objects(findings), IsEmpty());
}

TEST_F(SchemaLineage, AnEverydayColumnNameIsSoughtOnlyAroundItsTable) {
  const auto findings = after(R"(
    CREATE TABLE person (id int, name text, display_name text, CONSTRAINT person_name_check CHECK (name <> ''));
    CREATE TABLE city (name text, CONSTRAINT city_name_key UNIQUE (name));
    CREATE INDEX person_name_idx ON person (name);
    CREATE INDEX person_display_name_idx ON person (display_name, name);
    CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
    CREATE FUNCTION other() RETURNS text LANGUAGE sql AS 'SELECT name FROM city -- the name';
    CREATE TRIGGER names BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION rename();
    CREATE VIEW people AS SELECT name FROM person; CREATE VIEW cities AS SELECT name FROM city;
    COMMENT ON TABLE city IS 'By name'; COMMENT ON TABLE person IS 'By name')",
                              "ALTER TABLE person RENAME COLUMN name TO title");
  EXPECT_THAT(objects(findings),
              UnorderedElementsAre("check_constraint public.person.person_name_check", "index public.person_name_idx",
                                   "function public.rename()", "column public.people.name"))
      << to_string(findings);
}

TEST_F(SchemaLineage, AnEverydayTableNameIsSoughtOnlyAroundTheTable) {
  const auto findings = after(R"(
    CREATE TABLE users (id int CONSTRAINT users_pkey PRIMARY KEY);
    CREATE TABLE log (text text, by_users text);
    CREATE FUNCTION count_them() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint -- of all users';
    COMMENT ON TABLE log IS 'what users did')",
                              "ALTER TABLE users RENAME TO account");
  auto expected = std::vector<std::string>{"primary_key public.account.users_pkey"};
  if (major() >= 18) expected.push_back("not_null_constraint public.account.users_id_not_null");
  EXPECT_THAT(objects(findings), testing::UnorderedElementsAreArray(expected)) << to_string(findings);
}

TEST_F(SchemaLineage, ATableThatOnlyContainsTheNameIsAWarningAndItsOwnNamesAreNot) {
  const auto findings = after(
      "CREATE TABLE document (id int); CREATE TABLE document_kind (id int CONSTRAINT document_kind_pkey PRIMARY KEY)",
      "ALTER TABLE document RENAME TO paper");
  ASSERT_THAT(objects(findings), ElementsAre("table public.document_kind"));
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST_F(SchemaLineage, ANewNameThatContainsTheOldOneIsNoLeftover) {
  EXPECT_THAT(objects(after("CREATE TABLE invoice (id int CONSTRAINT invoice_file_key UNIQUE)",
                            "ALTER TABLE invoice RENAME TO invoice_file")),
              IsEmpty());
}

TEST_F(SchemaLineage, AnEnumLabelLeftInABodyIsFound) {
  const std::string base = R"(
    CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE task (state state);
    CREATE FUNCTION close_task() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state := 'done'; RETURN NEW; END $$;
    CREATE FUNCTION unrelated() RETURNS text LANGUAGE sql AS $$ SELECT 'done' $$;
    CREATE TRIGGER t BEFORE INSERT ON task FOR EACH ROW EXECUTE FUNCTION close_task())";
  EXPECT_THAT(objects(after(base, "ALTER TYPE state RENAME VALUE 'done' TO 'closed'")),
              ElementsAre("function public.close_task()"));
}

TEST_F(SchemaLineage, NothingRenamedIsNothingLeftOver) {
  EXPECT_THAT(after(tenancy, "ALTER TABLE document ADD COLUMN legal_entity_name text"), IsEmpty());
}

}  // namespace
}  // namespace prodclone::checks
