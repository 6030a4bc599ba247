use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorRequestTimeout;
use actix_web::middleware::Next;
use actix_web::rt::time::timeout;
use actix_web::web;

use crate::limits::connection::{ConnectionDeadline, Timeouts};
use crate::state::AppState;

/// Limits the time of one request. Without it, a body that trickles in would hold its connection for as long as the client likes.
pub(crate) async fn limit_time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let deadline = request.conn_data::<Rc<ConnectionDeadline>>().cloned();
    let timeouts = request.app_data::<web::Data<AppState>>().map_or_else(Timeouts::default, |state| state.timeouts);
    if let Some(deadline) = &deadline {
        deadline.request_started();
    }
    let response = timeout(timeouts.request, next.call(request)).await;
    if let Some(deadline) = &deadline {
        deadline.response_ready();
    }
    response.unwrap_or_else(|_| Err(ErrorRequestTimeout("the request took too long to arrive")))
}
