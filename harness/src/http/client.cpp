#include <prodclone/http/client.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include <prodclone/base/text.hpp>

namespace prodclone::http {

namespace {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;
using Url = std::unique_ptr<CURLU, UrlDeleter>;

[[noreturn]] void invalid(const std::string& url, const char* reason) {
  throw TransferError(TransferFailure::invalid_url, fmt::format("\"{}\" is no URL: {}.", shown_url(url), reason));
}

Url parsed(const std::string& url) {
  Url result(curl_url());
  if (const auto code = curl_url_set(result.get(), CURLUPART_URL, url.c_str(), 0); code != CURLUE_OK)
    invalid(url, curl_url_strerror(code));
  return result;
}

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, void (*)(void*)> owned(text, &curl_free);
  return owned.get();
}

void add_header(List& list, const std::string& name, const std::string& value) {
  // libcurl takes "Name:" for "leave it out" and "Name;" for "send it empty".
  const auto line = value.empty() ? name + ';' : name + ": " + value;
  if (line.find_first_of("\r\n") != std::string::npos)
    throw TransferError(TransferFailure::other, fmt::format("The header {} holds a line end.", name));
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw TransferError(TransferFailure::other, "Memory for headers is exhausted.");
  static_cast<void>(list.release());
  list.reset(longer);
}

struct Collected {
  Response response;
  std::size_t limit = 0;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* target) {
  auto& collected = *static_cast<Collected*>(target);
  if (collected.response.body.size() + size * count > collected.limit) {
    collected.too_large = true;
    return 0;
  }
  collected.response.body.append(data, size * count);
  return size * count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* target) {
  auto& headers = static_cast<Collected*>(target)->response.headers;
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) headers.clear();  // of the redirect, or of "100 Continue"
  if (const auto colon = line.find(':'); colon != std::string_view::npos)
    headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  return size * count;
}

TransferFailure kind_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return TransferFailure::invalid_url;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return TransferFailure::not_resolved;
    case CURLE_COULDNT_CONNECT: return TransferFailure::not_connected;
    case CURLE_OPERATION_TIMEDOUT: return TransferFailure::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR: return TransferFailure::not_trusted;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return TransferFailure::broken_off;
    case CURLE_READ_ERROR: return TransferFailure::file_unreadable;
    default: return TransferFailure::other;
  }
}

bool stays_here(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.starts_with("169.254.");
}

Mime multipart(CURL* handle, const std::vector<Part>& parts) {
  Mime mime(curl_mime_init(handle));
  for (const auto& one : parts) {
    auto* field = curl_mime_addpart(mime.get());
    curl_mime_name(field, one.name.c_str());
    if (one.file.empty()) {
      curl_mime_data(field, one.text.data(), one.text.size());
    } else if (curl_mime_filedata(field, one.file.c_str()) != CURLE_OK) {
      throw TransferError(TransferFailure::file_unreadable, fmt::format("{} cannot be read.", one.file.string()));
    }
  }
  return mime;
}

}  // namespace

std::optional<std::string> Response::header(std::string_view name) const {
  const auto wanted = lower(name);
  for (const auto& [given, value] : headers)
    if (lower(given) == wanted) return value;
  return std::nullopt;
}

std::string shown_url(const std::string& url) {
  // By hand: what is shown may be what libcurl cannot read.
  auto shown = url.substr(0, url.find_first_of("?#"));
  const auto scheme = shown.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const auto path = std::min(shown.find('/', begin), shown.size());
  if (const auto at = shown.rfind('@', path); at != std::string::npos && at >= begin) shown.erase(begin, at + 1 - begin);
  return shown.size() < url.size() && url.find('?') != std::string::npos ? shown + "?…" : shown;
}

std::string resolved_url(const std::string& base, const std::string& reference) {
  auto url = parsed(base);
  if (const auto code = curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0); code != CURLUE_OK)
    invalid(reference, curl_url_strerror(code));
  return part(url, CURLUPART_URL);
}

Response send(const Request& request) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) throw TransferError(TransferFailure::other, "libcurl cannot be initialised.");
  const auto url = parsed(request.url);
  const Easy easy(curl_easy_init());
  if (!easy) throw TransferError(TransferFailure::other, "libcurl cannot be initialised.");
  auto* handle = easy.get();
  char reason[CURL_ERROR_SIZE] = "";
  Collected collected{.response = {}, .limit = request.limit};

  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, request.redirects == Redirects::follow ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  if (!request.ca_bundle.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_bundle.c_str());
  if (stays_here(part(url, CURLUPART_HOST))) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &collected);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &collected);

  List headers;
  const auto given = [&](const char* name) {
    const auto same = [&](const auto& header) { return lower(header.first) == lower(name); };
    return std::any_of(request.headers.begin(), request.headers.end(), same) ||
           std::any_of(request.secret_headers.begin(), request.secret_headers.end(), same);
  };
  const auto withhold = [&](const char* line) {
    auto* longer = curl_slist_append(headers.get(), line);
    static_cast<void>(headers.release());
    headers.reset(longer);
  };
  for (const auto& [name, value] : request.headers) add_header(headers, name, value);
  for (const auto& [name, value] : request.secret_headers) add_header(headers, name, value.reveal());
  // libcurl's own additions: a wait for "100 Continue", and a type that the caller did not choose.
  if (!given("Expect")) withhold("Expect:");
  Mime mime;
  if (!request.parts.empty()) {
    mime = multipart(handle, request.parts);
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, mime.get());
  } else if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD" && request.method != "DELETE")) {
    if (!given("Content-Type")) withhold("Content-Type:");
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  else curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());

  const auto code = curl_easy_perform(handle);
  if (collected.too_large)
    throw TransferError(TransferFailure::too_large, fmt::format("The reply from {} is larger than {} bytes.", shown_url(request.url), request.limit));
  if (code != CURLE_OK) {
    const std::string why = reason[0] != '\0' ? std::string(reason) : std::string(curl_easy_strerror(code));
    throw TransferError(kind_of(code), fmt::format("{} {} got no answer: {}.", request.method, shown_url(request.url), why));
  }
  long status = 0;
  curl_off_t took = 0;
  char* last = nullptr;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &took);
  curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &last);
  collected.response.status = static_cast<int>(status);
  collected.response.took = std::chrono::milliseconds(took / 1000);
  if (last != nullptr) collected.response.url = last;
  return std::move(collected.response);
}

}  // namespace prodclone::http
