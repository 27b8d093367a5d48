// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/plantumlfiles.h"

#include "core/base/textdecoding.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMimeDatabase>

#include <algorithm>
#include <utility>

namespace lifeguard {
namespace {

using Kind = PlantUmlReference::Kind;

constexpr qint64 maxIncludedBytes = 20'000'000;
constexpr qsizetype maxFiles = 1000;

QString tr(const char *text)
{
    return QCoreApplication::translate("lifeguard::PlantUml", text);
}

bool isText(Kind kind)
{
    return kind == Kind::Include || kind == Kind::Theme;
}

/// Returns the path of the first folder's file with this name, or an empty path.
QString existingFile(const QStringList &folders, const QString &name)
{
    for (const QString &folder : folders) {
        const QString path = QDir::cleanPath(QDir(folder).absoluteFilePath(name));
        if (QFileInfo(path).isFile())
            return path;
    }
    return {};
}

} // namespace

PlantUmlFileFinder::PlantUmlFileFinder(QString folder, const QStringList &roots, const ConverterSettings &settings)
    : m_folder(std::move(folder))
    , m_allowNetwork(settings.allowNetwork)
{
    for (const QString &root : roots) {
        if (const QString real = QFileInfo(root).canonicalFilePath(); !real.isEmpty())
            m_roots.append(real);
    }
}

PlantUmlFiles PlantUmlFileFinder::find(const PlantUmlDiagram &diagram)
{
    m_files = {};
    m_isGraphviz = diagram.type == QLatin1String("dot");
    m_unread = {{QString::fromUtf8(diagram.text), {}, diagram.firstLine}};
    while (!m_unread.isEmpty() && m_seen.size() < maxFiles)
        read(m_unread.takeFirst());
    m_files.sources.removeDuplicates();
    return std::exchange(m_files, {});
}

void PlantUmlFileFinder::read(const Text &text)
{
    const PlantUmlReferences found = plantUmlReferences(text.content);
    PlantUmlReferences &all = m_files.references;
    if (text.file.isEmpty())
        all = found;
    else
        all.addFlags(found);
    for (const PlantUmlReference &reference : found.named)
        addFile(text, reference);
    if (found.hasComputedNames)
        addFolder();
}

void PlantUmlFileFinder::addFile(const Text &text, const PlantUmlReference &reference)
{
    if (reference.isAddress()) {
        if (!m_allowNetwork) {
            addProblem(text, reference.line,
                       tr("%1 is on the network, which diagrams may not use. To allow it, set allow_network for the "
                          "pool.")
                           .arg(reference.name));
        }
        return;
    }
    // PlantUML searches for included files in the folder of the including file, then in that of the diagram, and for
    // other files in the latter.
    QStringList folders{m_folder};
    if (!text.file.isEmpty() && isText(reference.kind))
        folders.prepend(QFileInfo(text.file).path());
    const QString path = existingFile(folders, reference.name);
    if (path.isEmpty()) {
        m_files.sources.append(QDir::cleanPath(QDir(m_folder).absoluteFilePath(reference.name)));
        // PlantUML itself reports missing includes.
        if (reference.kind == Kind::Picture || reference.kind == Kind::Data) {
            addProblem(text, reference.line,
                       tr("the file %1 was not found in %2.").arg(reference.name, QDir::toNativeSeparators(m_folder)));
        }
        return;
    }
    const QString real = QFileInfo(path).canonicalFilePath();
    if (!isAllowed(real)) {
        if (reference.kind != Kind::Question) {
            addProblem(text, reference.line,
                       tr("%1 is outside the workspace, where diagrams may not read. To allow it, name its folder in "
                          "allow_files of the pool.")
                           .arg(reference.name));
        }
        return;
    }
    m_files.sources.append(path);
    if (m_isGraphviz && reference.kind == Kind::Picture)
        addPicture(reference.name, real);
    if (reference.kind == Kind::Picture || reference.kind == Kind::Question || m_seen.contains(real))
        return;
    m_seen.insert(real);
    QFile file(real);
    if (!file.open(QIODevice::ReadOnly) || file.size() > maxIncludedBytes)
        return; // PlantUML reports it
    const QByteArray content = file.readAll();
    const TextEncoding encoding = encodingOf(content);
    if (encoding == TextEncoding::Utf16 || encoding == TextEncoding::Utf32) {
        addProblem(text, reference.line, tr("the file %1 is saved as UTF-16: save it as UTF-8.").arg(reference.name));
    } else if (encoding == TextEncoding::Windows1252) {
        addProblem(text, reference.line,
                   tr("the file %1 is not saved as UTF-8: save it as UTF-8.").arg(reference.name));
    }
    if (isText(reference.kind))
        m_unread.append({decodeText(content), real, 1});
}

/// Graphviz writes the names of pictures into an svg, which lies in another folder than the pictures.
void PlantUmlFileFinder::addPicture(const QString &name, const QString &realPath)
{
    QFile file(realPath);
    const QString type = QMimeDatabase().mimeTypeForFile(realPath).name();
    if (type.startsWith(QLatin1String("image/")) && file.size() <= maxIncludedBytes && file.open(QIODevice::ReadOnly))
        m_files.pictures.insert(name, "data:" + type.toLatin1() + ";base64," + file.readAll().toBase64());
}

/// The names of some files are not known: the diagram depends on all files in its folder.
void PlantUmlFileFinder::addFolder()
{
    const QFileInfoList files = QDir(m_folder).entryInfoList(QDir::Files);
    for (const QFileInfo &file : files.mid(0, maxFiles))
        m_files.sources.append(file.absoluteFilePath());
}

void PlantUmlFileFinder::addProblem(const Text &text, int line, const QString &problem)
{
    if (!m_files.problem.isEmpty())
        return;
    //: %1 is a number, %2 an error.
    m_files.problem = text.file.isEmpty()
                        ? tr("line %1: %2").arg(text.firstLine + line).arg(problem)
                        //: %1 is the name of a file, %2 a number, %3 an error.
                        : tr("%1, line %2: %3").arg(QFileInfo(text.file).fileName()).arg(line + 1).arg(problem);
}

bool PlantUmlFileFinder::isAllowed(const QString &realPath) const
{
    return std::any_of(m_roots.cbegin(), m_roots.cend(), [&](const QString &root) {
        return root == QLatin1String("/") || realPath.startsWith(root + u'/');
    });
}

} // namespace lifeguard
