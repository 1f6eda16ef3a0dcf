/// The HTTP surface, below /api/auth.

#ifndef PYLON_ROUTES_HPP
#define PYLON_ROUTES_HPP

#include "http.hpp"

namespace pylon
{

// Each adds the routes of one subject.
void add_sign_in_routes(router &routes);
void add_session_routes(router &routes);
void add_org_routes(router &routes);
void add_api_key_routes(router &routes);

/// A session's token, for clients that send it themselves.
reply with_token(const open_session &session);

} // namespace pylon

#endif
