# Warnings are an interface target, linked PRIVATE, so that they never reach a user's own code.
add_library(prodclone_warnings INTERFACE)
target_compile_options(prodclone_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
if(PRODCLONE_WARNINGS_AS_ERRORS)
  target_compile_options(prodclone_warnings INTERFACE -Werror)
endif()
