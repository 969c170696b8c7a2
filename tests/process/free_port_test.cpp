#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <prodclone/process/free_port.hpp>

namespace prodclone::process {
namespace {

TEST(FreePort, CanBeListenedOn) {
  const int port = free_port();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(port));
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(descriptor, 0);
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << port;
  EXPECT_EQ(::listen(descriptor, 1), 0);
  EXPECT_NE(free_port(), port) << "taken by now";
  ::close(descriptor);
}

}  // namespace
}  // namespace prodclone::process
