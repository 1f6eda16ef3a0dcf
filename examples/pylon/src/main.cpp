/// Reads the environment, opens the file and listens until SIGINT or SIGTERM.

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <sys/stat.h>

#include "log.hpp"
#include "routes.hpp"

namespace
{

/// Stops the server when the process is asked to end. The signals must be
/// blocked, from before any thread starts.
void stop_when_asked(httplib::Server &server, const sigset_t &signals)
{
	std::thread([&server, signals] {
		int received = 0;
		sigwait(&signals, &received);
		server.stop();
	}).detach();
}

int serve(const pylon::service &service, const sigset_t &signals)
{
	httplib::Server server;
	pylon::router routes(server, service);
	pylon::add_sign_in_routes(routes);
	pylon::add_session_routes(routes);
	pylon::add_org_routes(routes);
	pylon::add_api_key_routes(routes);

	const std::string &host = service.settings.host;
	int port = service.settings.port;
	const bool bound = port == 0
				   ? (port = server.bind_to_any_port(host)) > 0
				   : server.bind_to_port(host, port);
	if (!bound) {
		pylon::log("can't listen on " + host + ", port " +
			   std::to_string(port));
		return EXIT_FAILURE;
	}
	stop_when_asked(server, signals);
	std::cout << "pylon listens on http://" << host << ':' << port
		  << std::endl;
	server.listen_after_bind();
	return EXIT_SUCCESS;
}

} // namespace

int main()
try {
	umask(077); // the file with the hashes is nobody else's
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, nullptr);

	const pylon::service service(pylon::read_settings());
	return serve(service, signals);
} catch (const std::exception &cause) {
	pylon::log(cause.what());
	return EXIT_FAILURE;
}
