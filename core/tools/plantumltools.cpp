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
    // Do not fall back to another jar if the variable is wrong: that would hide the mistake.
    const QString named = qEnvironmentVariable("PLANTUML_JAR");
    // Lifeguard's own jar (packaging/plantuml), in a build folder or installed, takes precedence over Debian's, which
    // is from 2020.
    const QString here = QCoreApplication::applicationDirPath();
    tools.jar = !named.isEmpty() ? firstFile({named})
                                 : firstFile({here + QStringLiteral("/../../plantuml/plantuml.jar"),
                                              here + QStringLiteral("/../libexec/lifeguard/plantuml.jar"),
                                              QStringLiteral("/usr/share/plantuml/plantuml.jar"),
                                              QStringLiteral("/usr/share/java/plantuml.jar"),
                                              QStringLiteral("/usr/share/java/plantuml/plantuml.jar"),
                                              QStringLiteral("/usr/local/share/plantuml/plantuml.jar"),
                                              QStringLiteral("/opt/plantuml/plantuml.jar")});
    const QString dot = qEnvironmentVariable("GRAPHVIZ_DOT");
    tools.dot = !dot.isEmpty() ? firstFile({dot}) : QStandardPaths::findExecutable(QStringLiteral("dot"));
    return tools;
}

QStringList PlantUmlTools::formulaLibraries()
{
    const QString folder = QStringLiteral("/usr/share/java/");
    if (!QFileInfo::exists(folder + QStringLiteral("jlatexmath.jar")))
        return {};
    QStringList libraries;
    for (const char *name : {"jlatexmath", "jlatexmath-font-cyrillic", "jlatexmath-font-greek", "batik-all",
                             "xmlgraphics-commons", "commons-io", "commons-logging", "xml-apis-ext", "fop"}) {
        const QString path = folder + QLatin1String(name) + QStringLiteral(".jar");
        if (QFileInfo::exists(path))
            libraries.append(path);
    }
    return libraries;
}

QString PlantUmlTools::missingMessage() const
{
    const QString named = qEnvironmentVariable("PLANTUML_JAR");
    if (jar.isEmpty() && !named.isEmpty())
        return tr("PlantUML is not installed: PLANTUML_JAR is %1, which does not exist. Install it: apt install "
                  "plantuml graphviz")
            .arg(named);
    if (java.isEmpty() && jar.isEmpty())
        return tr("PlantUML is not installed: 'java' and 'plantuml.jar' are missing. Install them: apt install "
                  "plantuml graphviz");
    if (java.isEmpty())
        return tr("PlantUML cannot run because 'java' is missing. Install it: apt install plantuml graphviz");
    if (jar.isEmpty())
        return tr("PlantUML is not installed: 'plantuml.jar' is missing. Install it: apt install plantuml graphviz");
    return {};
}

QString PlantUmlTools::startFailure(const QString &how)
{
    return tr("Java cannot be started (%1). Install PlantUML: apt install plantuml graphviz").arg(how);
}

} // namespace lifeguard
