// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tools/plantumltools.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

namespace lifeguard {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

QString firstFile(const QStringList &paths)
{
    for (const QString &path : paths) {
        if (!path.isEmpty() && QFileInfo(path).isFile())
            return path;
    }
    return {};
}

} // namespace

PlantUmlTools PlantUmlTools::find()
{
    PlantUmlTools tools;
    tools.java = QStandardPaths::findExecutable(QStringLiteral("java"));
    const QString home = qEnvironmentVariable("JAVA_HOME");
    if (tools.java.isEmpty() && !home.isEmpty())
        tools.java = firstFile({home + QStringLiteral("/bin/java")});
    // One that is named is meant: falling back to another would hide the mistake.
    const QString named = qEnvironmentVariable("PLANTUML_JAR");
    // Ours (packaging/plantuml) before Debian's, which is of 2020. Beside a build's programs, and beside installed ones.
    const QString here = QCoreApplication::applicationDirPath();
    tools.jar = !named.isEmpty() ? firstFile({named})
                                 : firstFile({here + QStringLiteral("/../../plantuml/plantuml.jar"), here + QStringLiteral("/../libexec/lifeguard/plantuml.jar"),
                                              QStringLiteral("/usr/share/plantuml/plantuml.jar"), QStringLiteral("/usr/share/java/plantuml.jar"),
                                              QStringLiteral("/usr/share/java/plantuml/plantuml.jar"), QStringLiteral("/usr/local/share/plantuml/plantuml.jar"),
                                              QStringLiteral("/opt/plantuml/plantuml.jar")});
    const QString dot = qEnvironmentVariable("GRAPHVIZ_DOT");
    tools.dot = !dot.isEmpty() ? firstFile({dot}) : QStandardPaths::findExecutable(QStringLiteral("dot"));
    return tools;
}

QString PlantUmlTools::missing() const
{
    QStringList what;
    if (java.isEmpty())
        what.append(tr("no 'java'"));
    if (jar.isEmpty()) {
        const QString named = qEnvironmentVariable("PLANTUML_JAR");
        what.append(named.isEmpty() ? tr("no 'plantuml.jar'") : tr("PLANTUML_JAR names %1, which is not there").arg(named));
    }
    if (what.isEmpty())
        return {};
    return tr("PlantUML is not installed (%1): apt install plantuml graphviz").arg(what.join(QStringLiteral(", ")));
}

} // namespace lifeguard
