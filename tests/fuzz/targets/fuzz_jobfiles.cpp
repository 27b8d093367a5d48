// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the output paths of jobs that other programs added. They must never lead outside the workspace.
#include "core/model/job.h"
#include "core/worker/jobfiles.h"
#include "tests/fuzz/targets/fuzz.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace lifeguard;
using namespace lifeguard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    // A workspace with links that lead outside it, to parent folders and to themselves.
    static const QTemporaryDir folder;
    static const QString workspace = [] {
        const QString path = folder.filePath(QStringLiteral("w"));
        QDir().mkpath(path + QStringLiteral("/a/b"));
        QDir().mkpath(folder.filePath(QStringLiteral("ww")));
        QFile::link(QStringLiteral("/tmp"), path + QStringLiteral("/t"));
        QFile::link(QStringLiteral("../.."), path + QStringLiteral("/a/u"));
        QFile::link(QStringLiteral("l"), path + QStringLiteral("/l"));
        QFile::link(QStringLiteral("a/b"), path + QStringLiteral("/i"));
        return QFileInfo(path).canonicalFilePath();
    }();
    const QByteArray text = toBytes(data, size);
    static const QStringList types{QStringLiteral("noop"), QStringLiteral("plantuml"), QStringLiteral("drawio"),
                                   QStringLiteral("notebook"), QStringLiteral("other")};
    Job job;
    job.id = 7;
    job.attempts = 2;
    job.type = types.at(size == 0 ? 0 : data[0] % types.size());
    job.outputFile = QString::fromUtf8(text.mid(1).split('\n').value(0));
    job.inputFile = QString::fromUtf8(text.mid(1).split('\n').value(1));
    const auto output = resolveOutputPath(job, workspace);
    if (!output || output->target.isEmpty())
        return 0;
    require(QDir::isAbsolutePath(output->target), "the output path is absolute");
    require(QFileInfo(output->temporary).path() == QFileInfo(output->target).path(),
            "the temporary file is in the same folder");
    // Resolve links in the part of the path that exists.
    QString existing = QFileInfo(output->target).path();
    while (!QFileInfo::exists(existing))
        existing = QFileInfo(existing).path();
    existing = QFileInfo(existing).canonicalFilePath();
    require(existing == workspace || existing.startsWith(workspace + QLatin1Char('/')),
            "the output is inside the workspace");
    return 0;
}
