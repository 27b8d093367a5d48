# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the core of prometheus-cpp: the data model and the text format. The package's own configuration file also requires the
# libraries of its HTTP server and client, which Lifeguard does not use.
find_path(PrometheusCore_INCLUDE_DIR prometheus/text_serializer.h)
find_library(PrometheusCore_LIBRARY prometheus-cpp-core)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PrometheusCore REQUIRED_VARS PrometheusCore_LIBRARY PrometheusCore_INCLUDE_DIR)
if(PrometheusCore_FOUND AND NOT TARGET lifeguard_prometheus)
  add_library(lifeguard_prometheus UNKNOWN IMPORTED GLOBAL)
  set_target_properties(lifeguard_prometheus PROPERTIES IMPORTED_LOCATION ${PrometheusCore_LIBRARY}
                                                        INTERFACE_INCLUDE_DIRECTORIES ${PrometheusCore_INCLUDE_DIR})
endif()
