// Fingerprints and reconciliations as files: kept beside the facts of pristine and in the record.
#pragma once

#include <optional>
#include <string>

#include <prodclone/data/fingerprint.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::data {

std::string to_json(const Fingerprint& fingerprint);
// None: not of this version of prodclone; take it again.
std::optional<Fingerprint> fingerprint_from_json(const std::string& text);

std::string to_json(const Reconciliation& reconciliation);
std::optional<Reconciliation> reconciliation_from_json(const std::string& text);

}  // namespace prodclone::data
