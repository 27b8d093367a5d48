// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/jsonlines.h"

#include <QJsonDocument>

namespace lifeguard {

QList<QJsonObject> JsonLines::feed(const QByteArray &bytes)
{
    QList<QJsonObject> objects;
    qsizetype begin = 0; // of the part that is not yet in m_object
    for (qsizetype at = 0; at < bytes.size() && !m_isBroken; ++at) {
        const char byte = bytes.at(at);
        if (m_depth == 0) {
            begin = at;
            if (byte == '{')
                m_depth = 1;
            else
                m_isBroken = byte != '\n' && byte != '\r' && byte != ' ' && byte != '\t';
        } else if (m_isEscaped) {
            m_isEscaped = false;
        } else if (m_isInString) {
            m_isEscaped = byte == '\\';
            m_isInString = byte != '"';
        } else if (byte == '"') {
            m_isInString = true;
        } else if (byte == '{') {
            ++m_depth;
        } else if (byte == '}' && --m_depth == 0) {
            m_object.append(bytes.constData() + begin, at + 1 - begin);
            parseObject(objects);
        }
    }
    if (m_depth > 0 && !m_isBroken)
        m_object.append(bytes.constData() + begin, bytes.size() - begin);
    if (m_object.size() > m_sizeLimit)
        m_isBroken = true;
    if (m_isBroken)
        m_object.clear();
    return objects;
}

void JsonLines::parseObject(QList<QJsonObject> &objects)
{
    const QJsonDocument document = QJsonDocument::fromJson(m_object);
    m_isBroken = m_object.size() > m_sizeLimit || !document.isObject();
    if (!m_isBroken)
        objects.append(document.object());
    m_object.clear();
}

} // namespace lifeguard
