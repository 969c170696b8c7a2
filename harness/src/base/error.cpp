#include <prodclone/base/error.hpp>

namespace prodclone {

Error::Error(Failure failure, std::string what_failed, std::string remedy)
    : std::runtime_error(what_failed),
      failure_(failure),
      what_failed_(std::move(what_failed)),
      remedy_(std::move(remedy)) {
  compose();
}

void Error::while_doing(std::string_view phrase) {
  doing_ = doing_.empty() ? std::string(phrase) : std::string(phrase) + ": " + doing_;
  compose();
}

void Error::compose() {
  message_ = what_failed_;
  if (!doing_.empty()) message_ += "\n  while " + doing_;
  if (!remedy_.empty()) message_ += "\n  " + remedy_;
}

}  // namespace prodclone
