# SPDX-License-Identifier: GPL-3.0-or-later
# Precompiled headers, which halve the time of a build from scratch. Each set is compiled once and reused by all targets of its kind:
#
#   core     the standard library and Qt Core
#   ui       core and Qt Widgets
#   test     core and Qt Test
#   ui_test  ui and Qt Test
#
# GCC uses a precompiled header only if a target has the same compile options and the same definitions of all macros that occur in
# the headers. Qt's own headers, except those of Qt Test, do not use the macros that differ between targets (such as QT_SQL_LIB).
# With the generated option -Winvalid-pch the compiler warns if a precompiled header cannot be used.
#
# Clang cannot read GCC's precompiled headers. Tools based on clang use a build folder configured with LIFEGUARD_PCH=OFF (the presets
# "lint" and "clazy").
option(LIFEGUARD_PCH "Precompile the headers of Qt and of the standard library" ON)

# lifeguard_add_precompiled_headers(<set> LIBRARIES <library>… HEADERS <header>…)
#
# Defines a set of precompiled headers. The header names are in angle brackets: ccache finds no result of another checkout if the
# generated file contains paths of this one.
function(lifeguard_add_precompiled_headers set)
  if(NOT LIFEGUARD_PCH)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;HEADERS;OPTIONS")
  set(target lifeguard_pch_${set})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch_${set}.cpp CONTENT "")
  add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/pch_${set}.cpp)
  set_target_properties(${target} PROPERTIES AUTOMOC OFF AUTORCC OFF)
  target_link_libraries(${target} PRIVATE lifeguard_options ${arg_LIBRARIES})
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

# lifeguard_use_precompiled_headers(<target> <set>)
function(lifeguard_use_precompiled_headers target set)
  if(LIFEGUARD_PCH)
    target_precompile_headers(${target} REUSE_FROM lifeguard_pch_${set})
  endif()
endfunction()

set(lifeguard_core_headers
    <QByteArray> <QCoreApplication> <QDateTime> <QDir> <QFile> <QFileInfo> <QFuture> <QFutureWatcher> <QHash> <QJsonArray>
    <QJsonDocument> <QJsonObject> <QList> <QMap> <QObject> <QPointer> <QProcess> <QPromise> <QRegularExpression> <QSet>
    <QStandardPaths> <QString> <QStringList> <QTimer> <QVariant> <QtConcurrentRun>
    <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <string> <tuple> <utility> <vector>
    <tl/expected.hpp>)
set(lifeguard_core_libraries Qt6::Core Qt6::Concurrent tl::expected)
set(lifeguard_ui_headers ${lifeguard_core_headers}
    <QAbstractTableModel> <QApplication> <QBoxLayout> <QComboBox> <QDialog> <QFont> <QHeaderView> <QIcon> <QLabel> <QLineEdit>
    <QMenu> <QPainter> <QPlainTextEdit> <QPushButton> <QSettings> <QSpinBox> <QStyledItemDelegate> <QTableView> <QTabWidget>
    <QToolButton> <QWidget>)
set(lifeguard_ui_libraries ${lifeguard_core_libraries} Qt6::Gui Qt6::Widgets)
set(lifeguard_test_headers <QElapsedTimer> <QSignalSpy> <QTemporaryDir> <QTest>)

lifeguard_add_precompiled_headers(core LIBRARIES ${lifeguard_core_libraries} HEADERS ${lifeguard_core_headers})
lifeguard_add_precompiled_headers(ui LIBRARIES ${lifeguard_ui_libraries} HEADERS ${lifeguard_ui_headers})
if(LIFEGUARD_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Lets ccache detect which precompiled header a preprocessed file uses.
  target_compile_options(lifeguard_options INTERFACE -fpch-preprocess)
endif()
