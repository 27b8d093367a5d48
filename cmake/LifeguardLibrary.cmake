# SPDX-License-Identifier: GPL-3.0-or-later
# Layers that the compiler enforces (docs/architecture.md, "Layers").

# lifeguard_include_root(<target> <PUBLIC|PRIVATE> <folder>)
#
# Makes headers of <folder> (relative to the root of the checkout, such as core/base) includable as "core/base/name.h" for <target>
# and, if PUBLIC, for the targets that link it. The include path leads to a folder of its own in the build tree that holds nothing
# but a symbolic link to <folder>: a header of a library that a target does not link cannot be found by the compiler.
function(lifeguard_include_root target visibility folder)
  set(root ${CMAKE_BINARY_DIR}/include/${target})
  cmake_path(GET folder PARENT_PATH parent)
  file(MAKE_DIRECTORY ${root}/${parent})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)
  target_include_directories(${target} ${visibility} ${root})
endfunction()

# lifeguard_add_library(<name> SOURCES <file>… [PUBLIC <library>…] [PRIVATE <library>…])
#
# Adds the static library lifeguard_<name> from files in the current folder. PUBLIC and PRIVATE name the libraries it links: it can
# include their headers and those of what they link publicly, and nothing else.
function(lifeguard_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 library "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target lifeguard_${name})
  add_library(${target} STATIC ${library_SOURCES})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE folder)
  lifeguard_include_root(${target} PUBLIC ${folder})
  target_link_libraries(${target} PUBLIC lifeguard_options ${library_PUBLIC} PRIVATE ${library_PRIVATE})
  if("Qt6::Widgets" IN_LIST library_PUBLIC)
    lifeguard_use_precompiled_headers(${target} ui)
  else()
    lifeguard_use_precompiled_headers(${target} core)
  endif()
endfunction()
