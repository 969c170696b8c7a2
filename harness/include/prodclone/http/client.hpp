// The one HTTP client (libcurl underneath): a request goes in, a response comes out.
//
//   const auto response = http::send({.url = "http://127.0.0.1:8080/health"});
#pragma once

#include <string>

#include <prodclone/http/request.hpp>
#include <prodclone/http/response.hpp>
#include <prodclone/http/transfer_error.hpp>

namespace prodclone::http {

// Throws TransferError when no answer came. HTTP/1.1 for http, certificates and names are verified, proxy variables are
// honoured except for this machine and link-local addresses. Safe from several threads.
Response send(const Request& request);

// What may be shown: no user, no password, no query (it may hold a signature or a token).
std::string shown_url(const std::string& url);

// `reference` as a page at `base` means it: "/a", "?page=2", "b", "http://…". Throws TransferError(invalid_url).
std::string resolved_url(const std::string& base, const std::string& reference);

}  // namespace prodclone::http
