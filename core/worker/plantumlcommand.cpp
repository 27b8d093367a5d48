// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlcommand.h"

#include <QDir>
#include <QFileInfo>

#include <utility>

namespace lifeguard {
namespace {

/// Returns the folders as PlantUML reads lists of folders. A colon separates them, so a folder with one in its name is
/// written as a path relative to the working folder, and left out if that contains one, too.
QString folderList(const QStringList &folders, const QString &workingFolder)
{
    QStringList written;
    for (const QString &folder : folders) {
        const QString path = folder.contains(QDir::listSeparator())
                               ? QDir(workingFolder).relativeFilePath(QDir::cleanPath(folder))
                               : folder;
        if (!path.contains(QDir::listSeparator()))
            written.append(path);
    }
    return written.join(QDir::listSeparator());
}

} // namespace

QStringList PlantUmlCommand::readableFolders() const
{
    QStringList folders{workspace, folder};
    folders += settings.allowFiles;
    folders.removeDuplicates();
    return folders;
}

QStringList PlantUmlCommand::arguments(const PlantUmlTools &tools, const QString &ownFolder) const
{
    // Java writes to its home folder (~/.java), to the temporary folder (imageio) and, whatever its options say, to
    // /tmp/hsperfdata_USER. For a user without an entry in /etc/passwd, as in containers, it would create the folder
    // "?" in the workspace.
    QStringList arguments{
        QStringLiteral("-Duser.home=") + ownFolder,
        QStringLiteral("-Djava.io.tmpdir=") + ownFolder,
        QStringLiteral("-Djava.util.prefs.userRoot=") + ownFolder,
        QStringLiteral("-XX:-UsePerfData"),
        // Without the second compiler and the parallel collector, 50 diagrams need about a quarter less processor time.
        QStringLiteral("-XX:TieredStopAtLevel=1"),
        QStringLiteral("-XX:+UseSerialGC"),
        // An idle process switched threads 9 times in 20 s with these options, and 118 times without. Not every Java
        // has them.
        QStringLiteral("-XX:+IgnoreUnrecognizedVMOptions"),
        QStringLiteral("-XX:+UnlockDiagnosticVMOptions"),
        QStringLiteral("-XX:GuaranteedSafepointInterval=60000"),
        QStringLiteral("-XX:AsyncDeflationInterval=60000"),
        QStringLiteral("-XX:ErrorFile=%1/hs_err.log").arg(ownFolder),
        QStringLiteral("-Djava.awt.headless=true"),
        QStringLiteral("-DPLANTUML_LIMIT_SIZE=%1").arg(sizeLimit),
        // Versions before 2020.11 ignore the profile; the sandbox remains.
        QStringLiteral("-DPLANTUML_SECURITY_PROFILE=ALLOWLIST"),
        QStringLiteral("-Dplantuml.allowlist.path=") + folderList(readableFolders() << ownFolder, folder),
        // A diagram with pages is drawn from a copy in the private folder.
        QStringLiteral("-Dplantuml.include.path=."),
    };
    if (settings.allowNetwork)
        arguments.append(QStringLiteral("-Dplantuml.allowlist.url=http://;https://"));
    const QStringList libraries = drawsFormulas ? PlantUmlTools::formulaLibraries() : QStringList();
    if (libraries.isEmpty())
        arguments += {QStringLiteral("-jar"), tools.jar};
    else
        arguments += {QStringLiteral("-cp"), (QStringList{tools.jar} + libraries).join(QDir::listSeparator()),
                      QStringLiteral("net.sourceforge.plantuml.Run")};
    arguments.append(QStringLiteral("-t") + format);
    if (setsResolution)
        arguments.append(QStringLiteral("-Sdpi=200"));
    if (!fileName.isEmpty())
        arguments += {QStringLiteral("-filename"), fileName};
    arguments += {QStringLiteral("-charset"), QStringLiteral("UTF-8")};
    return arguments;
}

SandboxPermissions PlantUmlCommand::permissions(const PlantUmlTools &tools, const QString &ownFolder) const
{
    SandboxPermissions permissions;
    permissions.readable = SandboxPermissions::systemPaths() + readableFolders();
    // Libraries may lie beside the jar. The rest of its folder, which may be a home folder, is not needed.
    const QFileInfo jar(QFileInfo(tools.jar).canonicalFilePath());
    for (const QFileInfo &beside : jar.dir().entryInfoList({QStringLiteral("*.jar")}, QDir::Files))
        permissions.readable.append(beside.absoluteFilePath());
    permissions.readable += {tools.jar, jar.absoluteFilePath()};
    // Programs outside /usr: …/bin/java needs …/lib.
    for (const QString &program : {tools.java, tools.dot}) {
        const QFileInfo real(QFileInfo(program).canonicalFilePath());
        if (program.isEmpty() || !real.isFile())
            continue;
        permissions.readable += {program, real.absoluteFilePath()};
        if (real.dir().dirName() == QLatin1String("bin")) {
            for (const char *name : {"bin", "lib", "lib64", "conf", "share"})
                permissions.readable.append(
                    QDir::cleanPath(real.path() + QStringLiteral("/../") + QLatin1String(name)));
        }
    }
    permissions.writable = {ownFolder};
    permissions.network = settings.allowNetwork;
    if (permissions.network) {
        permissions.readable += {QStringLiteral("/etc/resolv.conf"),    QStringLiteral("/etc/hosts"),
                                 QStringLiteral("/etc/nsswitch.conf"),  QStringLiteral("/etc/host.conf"),
                                 QStringLiteral("/etc/gai.conf"),       QStringLiteral("/etc/ssl"),
                                 QStringLiteral("/run/systemd/resolve")};
    }
    return permissions;
}

QProcessEnvironment PlantUmlCommand::environment()
{
    const QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    QProcessEnvironment environment;
    // A manager recognises the processes of its workers by the variables with LIFEGUARD_.
    for (const char *variable :
         {"PATH", "HOME", "GRAPHVIZ_DOT", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "TMPDIR", "XDG_DATA_HOME", "XDG_DATA_DIRS",
          "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LIFEGUARD_EXECUTOR_ID", "LIFEGUARD_MANAGER"}) {
        const QString name = QString::fromLatin1(variable);
        if (own.contains(name))
            environment.insert(name, own.value(name));
    }
    // The language does not matter, but Java decodes the names of files by it.
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    // PlantUML writes the time of its own build into each png, in the local time zone.
    environment.insert(QStringLiteral("TZ"), QStringLiteral("UTC"));
    return environment;
}

} // namespace lifeguard
