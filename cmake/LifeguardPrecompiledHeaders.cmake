# SPDX-License-Identifier: GPL-3.0-or-later
# One precompiled header for Qt Core and the standard library, shared by all targets. It halves the time of a build from nothing.
# GCC accepts it only for targets with the same compile options and with no other definitions of macros it uses: all targets link
# lifeguard_options and Qt Core, and what else they define (QT_SQL_LIB, …) does not occur in these headers.
# Clang reads no precompiled headers of GCC: tools based on clang use a build folder configured with LIFEGUARD_PCH=OFF.
option(LIFEGUARD_PCH "Precompile the headers of Qt Core and of the standard library" ON)

if(LIFEGUARD_PCH)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch.cpp CONTENT "")
  add_library(lifeguard_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
  set_target_properties(lifeguard_pch PROPERTIES AUTOMOC OFF AUTORCC OFF)
  target_link_libraries(lifeguard_pch PRIVATE lifeguard_options Qt6::Core Qt6::Concurrent tl::expected)
  # In angle brackets: a path of this checkout in the header would keep ccache from finding it in another checkout.
  target_precompile_headers(lifeguard_pch PRIVATE
    <QByteArray> <QCoreApplication> <QDateTime> <QDir> <QFile> <QFileInfo> <QFuture> <QFutureWatcher> <QHash> <QJsonArray>
    <QJsonDocument> <QJsonObject> <QList> <QMap> <QObject> <QPointer> <QProcess> <QPromise> <QRegularExpression> <QSet>
    <QStandardPaths> <QString> <QStringList> <QTimer> <QVariant> <QtConcurrentRun>
    <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <string> <tuple> <utility> <vector>
    <tl/expected.hpp>)
endif()

# lifeguard_use_precompiled_headers(<target>)
function(lifeguard_use_precompiled_headers target)
  if(LIFEGUARD_PCH)
    target_precompile_headers(${target} REUSE_FROM lifeguard_pch)
  endif()
endfunction()
