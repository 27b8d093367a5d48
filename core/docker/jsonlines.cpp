// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/jsonlines.h"

#include <QJsonDocument>

namespace lifeguard {

QList<QJsonObject> JsonLines::feed(const QByteArray &bytes)
{
    QList<QJsonObject> objects;
    qsizetype begin = 0; // of what is not yet in m_object
    for (qsizetype at = 0; at < bytes.size() && !m_broken; ++at) {
        const char byte = bytes.at(at);
        if (m_depth == 0) {
            begin = at;
            if (byte == '{')
                m_depth = 1;
            else
                m_broken = byte != '\n' && byte != '\r' && byte != ' ' && byte != '\t';
        } else if (m_escaped) {
            m_escaped = false;
        } else if (m_inText) {
            m_escaped = byte == '\\';
            m_inText = byte != '"';
        } else if (byte == '"') {
            m_inText = true;
        } else if (byte == '{') {
            ++m_depth;
        } else if (byte == '}' && --m_depth == 0) {
            m_object.append(bytes.constData() + begin, at + 1 - begin);
            take(objects);
        }
    }
    if (m_depth > 0 && !m_broken)
        m_object.append(bytes.constData() + begin, bytes.size() - begin);
    if (m_object.size() > m_sizeLimit)
        m_broken = true;
    if (m_broken)
        m_object.clear();
    return objects;
}

void JsonLines::take(QList<QJsonObject> &objects)
{
    const QJsonDocument document = QJsonDocument::fromJson(m_object);
    m_broken = m_object.size() > m_sizeLimit || !document.isObject();
    if (!m_broken)
        objects.append(document.object());
    m_object.clear();
}

} // namespace lifeguard
