// No answer came: why, as a fact to branch on. Whoever polls catches it; to all others it means "could not check".
#pragma once

#include <string>

#include <prodclone/base/error.hpp>

namespace prodclone::http {

enum class TransferFailure { invalid_url, not_resolved, not_connected, timed_out, not_trusted, broken_off, too_large, file_unreadable, other };

class TransferError : public Error {
 public:
  TransferError(TransferFailure kind, std::string what_failed, std::string remedy = {})
      : Error(Failure::could_not_check, std::move(what_failed), std::move(remedy)), kind_(kind) {}
  TransferFailure kind() const { return kind_; }
  // Nobody has heard the request, so sending it again cannot do anything twice.
  bool never_sent() const { return kind_ == TransferFailure::not_resolved || kind_ == TransferFailure::not_connected; }

 private:
  TransferFailure kind_;
};

}  // namespace prodclone::http
