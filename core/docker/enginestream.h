// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/docker/apicaller.h"
#include "core/docker/jsonlines.h"
#include "core/docker/logframes.h"

#include <QPointer>

namespace lifeguard {

/// A DockerStream for one request. Waits for the version of the API, sends the request and decodes the response.
class EngineStream final : public DockerStream
{
    Q_OBJECT

public:
    /// How the body of the response is decoded.
    enum class Content {
        Objects, ///< JSON objects
        Frames, ///< the output of a container without a terminal (LogFrames)
        Bytes, ///< the output of a container with a terminal
    };

    EngineStream(ApiCaller *caller, const ApiCall &call, Content content, QObject *parent);
    ~EngineStream() override;

private:
    void start(const ApiCall &call);
    void readHeader();
    void read();
    void decodeObjects(const QByteArray &bytes);
    void finish();
    void end(const Error &error);
    [[nodiscard]] bool hasErrorStatus() const;

    QPointer<ApiCaller> m_caller;
    QNetworkReply *m_reply = nullptr; ///< a child of the DockerNetwork
    Content m_content;
    JsonLines m_objects;
    LogFrames m_frames;
    QByteArray m_errorBody; ///< the body of a response with an error status
    Error m_streamError; ///< an error that the engine reported within the stream
    bool m_ended = false;
};

} // namespace lifeguard
