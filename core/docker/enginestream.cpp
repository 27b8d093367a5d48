// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/enginestream.h"

#include "core/docker/enginemessages.h"

namespace lifeguard {
namespace {

constexpr qsizetype errorBodyLimit = 64 * 1024; ///< bytes

} // namespace

EngineStream::EngineStream(ApiCaller *caller, const ApiCall &call, Content content, QObject *parent)
    : DockerStream(parent)
    , m_caller(caller)
    , m_content(content)
{
    connect(caller, &ApiCaller::closing, this, [this] {
        end({ErrorCode::Cancelled, tr("The request to the Docker engine was cancelled."), {}});
    });
    // Queued, because the caller first has to connect to the signals.
    QMetaObject::invokeMethod(
        this,
        [this, call] {
            if (!m_caller || m_ended)
                return;
            m_caller->whenVersionKnown(this, [this, call](const Status &negotiated) {
                if (negotiated)
                    start(call);
                else
                    end(negotiated.error());
            });
        },
        Qt::QueuedConnection);
}

EngineStream::~EngineStream()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->deleteLater();
    }
}

void EngineStream::start(const ApiCall &call)
{
    if (m_ended)
        return;
    m_reply = m_caller->send(call, true);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &EngineStream::readHeader);
    connect(m_reply, &QNetworkReply::readyRead, this, &EngineStream::read);
    connect(m_reply, &QNetworkReply::finished, this, &EngineStream::finish);
}

bool EngineStream::hasErrorStatus() const
{
    return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() >= 300;
}

void EngineStream::readHeader()
{
    if (!hasErrorStatus())
        Q_EMIT started();
}

void EngineStream::read()
{
    const QByteArray bytes = m_reply->readAll();
    if (bytes.isEmpty())
        return;
    if (hasErrorStatus()) {
        m_errorBody.append(bytes.left(errorBodyLimit - m_errorBody.size()));
    } else if (m_content == Content::Objects) {
        decodeObjects(bytes);
    } else {
        const QPointer<EngineStream> alive(this);
        const QByteArray output = m_content == Content::Frames ? m_frames.feed(bytes) : bytes;
        if (!output.isEmpty())
            Q_EMIT dataReceived(output);
        if (alive && m_frames.isBroken())
            end({ErrorCode::ToolFailed, tr("The output of the container cannot be read: its framing is invalid."), {}});
    }
}

void EngineStream::decodeObjects(const QByteArray &bytes)
{
    const QPointer<EngineStream> alive(this);
    const QList<QJsonObject> objects = m_objects.feed(bytes);
    for (const QJsonObject &json : objects) {
        const QString error = json.value(QLatin1String("error")).toString();
        if (!error.isEmpty())
            m_streamError = {
                ErrorCode::ToolFailed, error,
                json.value(QLatin1String("errorDetail")).toObject().value(QLatin1String("message")).toString()};
        Q_EMIT objectReceived(json);
        if (!alive || m_ended)
            return;
    }
    if (m_objects.isBroken())
        end({ErrorCode::ToolFailed, tr("The response of the Docker engine cannot be read: it is not valid JSON."), {}});
}

void EngineStream::finish()
{
    const QPointer<EngineStream> alive(this);
    read();
    if (!alive || m_ended)
        return;
    if (m_reply->error() != QNetworkReply::NoError && m_caller)
        end(m_caller->errorOf(m_reply, m_errorBody));
    else if (hasErrorStatus())
        end(responseError(m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                          m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString(), {}));
    else if (m_objects.isMidObject() || m_frames.isMidFrame())
        end({ErrorCode::Io, tr("The Docker engine closed the connection before its response was complete."), {}});
    else
        end(m_streamError);
}

void EngineStream::end(const Error &error)
{
    if (m_ended)
        return;
    m_ended = true;
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->deleteLater(); // also closes the connection
        m_reply = nullptr;
    }
    Q_EMIT ended(error);
}

} // namespace lifeguard
