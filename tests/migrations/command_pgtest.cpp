#include <prodclone/migrations/command.hpp>

#include <gmock/gmock.h>

#include <cstdlib>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>

#include "migration_database.hpp"

namespace prodclone::migrations {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Alembic, as Debian packages it, on a project of three revisions.
class Alembic : public ::testing::Test {
 protected:
  MigrationDatabase db{Layout::command};
  Settings settings;
  std::filesystem::path log = db.folder.path() / "alembic.log";

  void SetUp() override {
    const auto alembic = process::find_program("alembic", {"/usr/bin"});
    if (!alembic) FAIL() << "alembic is not installed: apt-get install alembic python3-psycopg2";
    db.folder.add("alembic.ini", "[alembic]\nscript_location = %(here)s\n")
        .add("env.py",
             "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
             "engine = create_engine(os.environ['DATABASE_URL'])\n"
             "with engine.connect() as connection:\n"
             "    context.configure(connection=connection)\n"
             "    with context.begin_transaction():\n        context.run_migrations()\n");
    revision("a1", "None", "op.execute('CREATE TABLE a (id int)')", "op.execute('DROP TABLE a')");
    revision("b2", "'a1'", "op.execute('CREATE TABLE b (id int)')", "op.execute('DROP TABLE b')");
    const auto call = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), alembic->string());
      return arguments;
    };
    settings = {.layout = Layout::command,
                .dir = db.folder.path(),
                .command = {.up = call({"upgrade", "heads"}),
                            .down = call({"downgrade", "-{steps}"}),
                            .status = call({"history", "--indicate-current"}),
                            .deadline = std::chrono::minutes(2),
                            .state_table = "alembic_version"}};
  }

  void revision(const std::string& id, const std::string& parent, const std::string& up, const std::string& down) {
    db.folder.add("versions/" + id + "_revision.py", "from alembic import op\nrevision = '" + id +
                                                         "'\ndown_revision = " + parent + "\ndef upgrade():\n    " +
                                                         up + "\ndef downgrade():\n    " + down + "\n");
  }
  Project project() const { return read_project(settings); }
  std::vector<std::string> heads() { return db.column("SELECT version_num FROM alembic_version"); }
};

TEST_F(Alembic, GoesUpAndDownInTheDatabaseThatItIsGiven) {
  const auto outcome = command_up(project(), db.conninfo(), {.log = log});
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_THAT(db.tables(), ElementsAre("a", "alembic_version", "b"));
  EXPECT_THAT(heads(), ElementsAre("b2"));
  EXPECT_THAT(read_state(db.session(), project()).applied, ElementsAre(AppliedMigration{.id = "b2"}));
  command_down(project(), db.conninfo(), {.steps = 1, .log = log});
  EXPECT_THAT(db.tables(), ElementsAre("a", "alembic_version"));
  EXPECT_THAT(read_file(log), AllOf(HasSubstr("upgrade heads"), HasSubstr("downgrade -1"), HasSubstr("exit code 0")));
}

TEST_F(Alembic, FailsWithTheEndOfItsOutputAndKeepsAllOfIt) {
  revision("c3", "'b2'", "op.execute('ALTER TABLE missing ADD COLUMN c int')", "pass");
  try {
    command_up(project(), db.conninfo(), {.log = log});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::migration_failed);
    EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("upgrade heads"), HasSubstr("exit code 1"),
                                           HasSubstr("relation \"missing\" does not exist")));
    EXPECT_THAT(error.remedy(), HasSubstr(log.string()));
  }
  EXPECT_THAT(db.tables(), IsEmpty());  // all revisions of a run are one transaction
  EXPECT_THAT(read_file(log), HasSubstr("Traceback"));
}

TEST_F(Alembic, CountsWhatIsPendingByItsHistory) {
  // Its table holds the head only. The range holds the current revision too, marked as such.
  settings.command.status.insert(settings.command.status.end(), {"-rcurrent:heads"});
  settings.command.pending_line = R"(^[\w<>]+ -> (?!.*\(current\)))";
  EXPECT_EQ(command_pending(project(), db.conninfo()), 2U);
  command_up(project(), db.conninfo());
  EXPECT_EQ(command_pending(project(), db.conninfo()), 0U);
  revision("c3", "'b2'", "pass", "pass");
  EXPECT_EQ(command_pending(project(), db.conninfo()), 1U);
}

// A tool of a few shell lines shows exactly what a tool is given.
class Command : public ::testing::Test {
 protected:
  MigrationDatabase db{Layout::command};
  Settings settings{.layout = Layout::command, .dir = db.folder.path(), .command = {.up = {"true"}}};

  void script(const std::string& text) { settings.command.up = {"sh", "-c", text}; }
  std::string output_of(const std::string& text) {
    script(text);
    return std::string(trimmed(command_up(read_project(settings), db.conninfo()).out));
  }
};

TEST_F(Command, GetsExactlyTheDatabaseThatItIsMeantFor) {
  setenv("PGDATABASE", "elsewhere", 1);
  setenv("PGSERVICE", "production", 1);
  settings.command.url_variables = {"DATABASE_URL", "APP_DB"};
  settings.command.environment = {{"MODE", "test"}, {"PGDATABASE", "hijacked"}};
  const auto seen =
      output_of("echo $PGDATABASE/$PGUSER/$PGSERVICE/$MODE; test \"$APP_DB\" = \"$DATABASE_URL\" && echo same");
  unsetenv("PGDATABASE");
  unsetenv("PGSERVICE");
  EXPECT_EQ(seen, db.conninfo().database + "/" + db.conninfo().user + "//test\nsame");
}

TEST_F(Command, NeverShowsThePasswordThatItWasGiven) {
  auto info = db.conninfo();
  info.password = Secret("s3cret/word");
  script("echo $DATABASE_URL; echo password is $PGPASSWORD; exit 3");
  const auto log = db.folder.path() / "log";
  try {
    command_up(read_project(settings), info, {.log = log});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what_failed(),
                AllOf(HasSubstr("exit code 3"), HasSubstr("password is ****"), Not(HasSubstr("s3cret"))));
  }
  EXPECT_THAT(read_file(log), AllOf(HasSubstr("password is ****"), Not(HasSubstr("s3cret"))));
}

TEST_F(Command, IsEndedAtItsDeadline) {
  settings.command.deadline = std::chrono::milliseconds(200);
  script("sleep 600");
  try {
    command_up(read_project(settings), db.conninfo());
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.failure(), Failure::migration_failed);
    EXPECT_THAT(error.remedy(), HasSubstr("deadline"));
  }
}

TEST_F(Command, NeedsTheStepsThatItNames) {
  settings.command.down = {"echo", "{steps}", "{database}"};
  EXPECT_THROW(command_down(read_project(settings), db.conninfo()), Error);
  EXPECT_EQ(trimmed(command_down(read_project(settings), db.conninfo(), {.steps = 2}).out),
            "2 " + db.conninfo().database);
}

TEST_F(Command, CountsPendingByLinesExitCodeOrTable) {
  const auto pending = [&] { return command_pending(read_project(settings), db.conninfo()); };
  EXPECT_THROW(pending(), Error);
  settings.command.status = {"sh", "-c", "echo '[X] 1'; echo '[ ] 2'; echo '[ ] 3'"};
  settings.command.pending_line = "^\\[ \\]";
  EXPECT_EQ(pending(), 2U);
  settings.command.pending_line.clear();
  settings.command.pending_by_exit_code = true;
  settings.command.status = {"false"};
  EXPECT_EQ(pending(), 1U);
  settings.command.status = {"true"};
  EXPECT_EQ(pending(), 0U);
  settings.command.pending_by_exit_code = false;
  settings.command.state_table = "done";
  settings.command.state_column = "version";
  settings.command.file_pattern = "(\\d+)_.*\\.rb";
  db.folder.add("1_a.rb", "").add("2_b.rb", "").add("README", "");
  EXPECT_EQ(pending(), 2U);
  db.session().execute("CREATE TABLE done (at timestamptz, version text); INSERT INTO done VALUES (now(), '1')");
  EXPECT_EQ(pending(), 1U);
}

TEST_F(Command, IsNotForTheRunner) {
  EXPECT_THROW(run_up(db.driver(), read_project(settings)), Error);
}

}  // namespace
}  // namespace prodclone::migrations
