// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginestream.h"

#include "core/docker/enginemessages.h"

namespace lifeguard {
namespace {

constexpr qsizetype refusalLimit = 64 * 1024;

} // namespace

EngineStream::EngineStream(EngineCaller *caller, const EngineCall &call, Content content, QObject *parent)
    : DockerStream(parent), m_caller(caller), m_content(content)
{
    connect(caller, &EngineCaller::closing, this, [this] { end({ErrorCode::Cancelled, tr("The request to Docker's engine was cancelled."), {}}); });
    // Whoever asked has to connect to the signals first.
    QMetaObject::invokeMethod(this, [this, call] {
        if (!m_caller || m_ended)
            return;
        m_caller->whenSettled(this, [this, call](const Status &settled) {
            if (settled)
                start(call);
            else
                end(settled.error());
        });
    }, Qt::QueuedConnection);
}

EngineStream::~EngineStream()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->deleteLater();
    }
}

void EngineStream::start(const EngineCall &call)
{
    if (m_ended)
        return;
    m_reply = m_caller->send(call, true);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &EngineStream::tellBegin);
    connect(m_reply, &QNetworkReply::readyRead, this, &EngineStream::read);
    connect(m_reply, &QNetworkReply::finished, this, &EngineStream::finish);
}

bool EngineStream::isRefused() const
{
    return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() >= 300;
}

void EngineStream::tellBegin()
{
    if (!isRefused())
        Q_EMIT begun();
}

void EngineStream::read()
{
    const QByteArray bytes = m_reply->readAll();
    if (bytes.isEmpty())
        return;
    if (isRefused()) {
        m_refusal.append(bytes.left(refusalLimit - m_refusal.size()));
    } else if (m_content == Content::Objects) {
        tellObjects(bytes);
    } else {
        const QPointer<EngineStream> alive(this);
        const QByteArray output = m_content == Content::Frames ? m_frames.feed(bytes) : bytes;
        if (!output.isEmpty())
            Q_EMIT data(output);
        if (alive && m_frames.isBroken())
            end({ErrorCode::ToolFailed, tr("The output of the container cannot be read: it is not framed as Docker does it."), {}});
    }
}

void EngineStream::tellObjects(const QByteArray &bytes)
{
    const QPointer<EngineStream> alive(this);
    const QList<QJsonObject> objects = m_objects.feed(bytes);
    for (const QJsonObject &json : objects) {
        const QString error = json.value(QLatin1String("error")).toString();
        if (!error.isEmpty())
            m_error = {ErrorCode::ToolFailed, error, json.value(QLatin1String("errorDetail")).toObject().value(QLatin1String("message")).toString()};
        Q_EMIT object(json);
        if (!alive || m_ended)
            return;
    }
    if (m_objects.isBroken())
        end({ErrorCode::ToolFailed, tr("What Docker's engine tells cannot be read: it is not JSON."), {}});
}

void EngineStream::finish()
{
    const QPointer<EngineStream> alive(this);
    read();
    if (!alive || m_ended)
        return;
    if (m_reply->error() != QNetworkReply::NoError && m_caller)
        end(m_caller->errorOf(m_reply, m_refusal));
    else if (isRefused())
        end(answerError(m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                        m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), {}));
    else if (m_objects.isMidObject() || m_frames.isMidFrame())
        end({ErrorCode::Io, tr("Docker's engine stopped in the middle of what it told."), {}});
    else
        end(m_error);
}

void EngineStream::end(const Error &error)
{
    if (m_ended)
        return;
    m_ended = true;
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->deleteLater(); // with its connection
        m_reply = nullptr;
    }
    Q_EMIT ended(error);
}

} // namespace lifeguard
