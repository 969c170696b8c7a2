#include <prodclone/process/free_port.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <prodclone/base/error.hpp>

namespace prodclone::process {

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = descriptor >= 0 && ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!bound) throw Error(Failure::could_not_check, "There is no free TCP port on 127.0.0.1.");
  return ntohs(address.sin_port);
}

}  // namespace prodclone::process
