// A process tree that dies with us. PR_SET_PDEATHSIG reaches a child only, not the workers that pg_restore -j forks:
// every process of the tree carries a mark in its environment, and a small guard process kills all that carry it when
// we are gone.
#pragma once

#include <sys/types.h>

#include <string>

namespace prodclone::dump {

class MarkedChildren {
 public:
  MarkedChildren();
  // Kills what still carries the mark, and ends the guard.
  ~MarkedChildren();
  MarkedChildren(const MarkedChildren&) = delete;
  MarkedChildren& operator=(const MarkedChildren&) = delete;

  static constexpr auto variable = "PRODCLONE_CHILD_OF";
  const std::string& mark() const { return mark_; }  // the variable's value

 private:
  std::string mark_;
  pid_t guard_ = -1;
  int pipe_ = -1;  // closed by our death, whatever kills us
};

}  // namespace prodclone::dump
