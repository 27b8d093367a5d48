// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// A red box of 200 × 80 at a fixed place, with this label (XML-escaped HTML); drawn with a border of 20 it is 240 × 120 and
/// the little that lines take. For tests.
[[nodiscard]] QByteArray drawioBox(const QByteArray &label);
/// A <diagram> around a model. For tests.
[[nodiscard]] QByteArray drawioPage(const QByteArray &model, const QByteArray &name);
/// The whole file. For tests.
[[nodiscard]] QByteArray drawioFile(const QByteArray &pages);
/// A page as draw.io compresses it; its box is labelled "Squeezed". For tests.
[[nodiscard]] QByteArray drawioCompressedPage();
/// A model with nothing on it. For tests.
[[nodiscard]] QByteArray drawioEmptyModel();
