"""The error tree: every way in which Slipway says no, or asks for another try.

    SlipwayError
        UserFacingError
            ModelRefused
                ForeignFile  422 model_file_foreign
                ModelFileMissing  422 model_file_missing
                ModelFileEmpty  422 model_file_empty
                ModelTooLarge  422 model_too_large
                ModelUnsafe  422 model_unsafe
                ModelUnreadable  422 model_unreadable
                ModelUnsupported  422 model_unsupported
                ModelWithoutPredict  422 model_without_predict
                ModelNotFitted  422 model_not_fitted
                FeatureNamesMismatch  422 model_feature_names_mismatch
                ModelNeedsTooMuchMemory  422 model_needs_too_much_memory
                ConversionTimedOut  422 model_conversion_timed_out
                ConversionFailed  422 model_conversion_failed
                ArtifactMissing  404 artifact_missing
                ArtifactTooLarge  422 artifact_too_large
            PredictionRefused
                ModelFailed
                    BrokenModel  422 broken_model
                    NoPrediction  422 prediction_failed
                NotJson  422 not_json
                WrongShape  422 wrong_shape
                UnknownKey  422 unknown_key
                UnknownParam  422 unknown_param
                BadParam  422 bad_param
                UnknownMethod  422 unknown_method
                MissingColumn  422 missing_column
                UnknownColumn  422 unknown_column
                WrongLength  422 wrong_length
                BadValue  422 bad_value
                MissingValue  422 missing_value
                RefusedByModel  422 refused_by_model
                TooManyRows  422 too_many_rows
                AnswerTooLarge  422 answer_too_large
                PredictionTooLarge  422 too_large
                NotPosted  422 method_not_allowed
            RequestRefused
                MalformedRequest  400 malformed_request
                Unauthenticated  401 unauthenticated
                    SignedOut  401 unauthenticated
                Forbidden  403 forbidden
                AnonymousRefused  403 anonymous_refused
                NotFound  404 not_found
                    DeploymentNotFound  404 not_found
                    ModelNotFound  404 model_not_found
                    OperationNotFound  404 not_found
                    EndpointNotFound  404 endpoint_not_found
                    TemplateNotFound  404 template_not_found
                    BatchNotFound  404 batch_not_found
                MethodNotAllowed  405 wrong_method
                TooLarge  413 body_too_large
                UnsupportedMediaType  415 unsupported_media_type
                InvalidRequest  422 invalid_request
                    InvalidCursor  422 invalid_cursor
                    InstanceTypeUnknown  422 instance_type_unknown
                    UnknownRevision  422 unknown_revision
                    InstanceTypeFixed  422 instance_type_fixed
                    CountOutsideAutoscale  422 count_outside_autoscale
                Conflict
                    ModelInUse  409 model_in_use
                    IdempotencyKeyReused  409 idempotency_key_reused
                    DeploymentIdTaken  409 deployment_id_taken
                    EndpointNameTaken  409 endpoint_name_taken
                    DeploymentNameTaken  409 deployment_name_taken
                    NotActive  409 not_active
                    RotationRunning  409 rotation_running
                    NotFailed  409 not_failed
                    NotRetriable  409 not_retriable
                    NoLog  409 no_log
                    OperationRunning  409 operation_running
                    ReleaseRunning  409 release_running
                    TrafficChanged  409 traffic_changed
                    NotAsleep  409 not_asleep
                    StillAsleep  409 deployment_asleep
                    NothingToRollBackTo  409 nothing_to_roll_back_to
                    NoRelease  409 no_release
                    TemplateNameTaken  409 template_name_taken
                    TooManyTemplates  409 too_many_templates
                    DoubleInBatch  409 double_in_batch
                    Cancelled  409 cancelled
                TooMany
                    TooManyRequests  429 too_many_requests
                    TooManyDeploying  429 too_many_deploying
                    TooManyActive  429 too_many_active
                TemplateIllegal  422 template_illegal
                BatchRefused  422 batch_refused
            InternalError  500 internal_error
            ServingRefused
                NotAuthorized  422 not_authorized
                PolicyForbids  422 policy_forbids
                ResourceLocked  422 resource_locked
                IdentityRefused  422 identity_unavailable
                WorkspaceMissing  422 workspace_missing
                ProviderNotRegistered  422 provider_not_registered
                DatastoreMissing  422 datastore_missing
                ModelNotRegistered  422 model_not_registered
                BadArgument  422 bad_argument
                OperationFailed  422 operation_failed
                QuotaTooSmall  422 quota_too_small
                ContainerCrashed  422 container_crashed
                ImageBuildFailed  422 image_build_failed
                PredictionFailed  422 test_prediction_failed
                SecretsInjectionFailed  422 secrets_injection_failed
                DeploymentMissing  422 deployment_missing
                EndpointVanished  422 endpoint_vanished
            ReleaseRefused
                ReleaseRejected  409 release_rejected
                ReleaseAborted  409 release_aborted
            Unavailable
                SupabaseUnavailable  503 supabase_unavailable
                TooBusy  503 too_busy
                SupabaseMisconfigured  503 supabase_misconfigured
                StartFailed  503 start_failed
            WaitedInVain
                LeftToSweeper  left_to_sweeper
                DeadlineExceeded  deadline_exceeded
                OrchestrationLost  orchestration_lost
                BatchStopped  batch_stopped
                BatchCancelled  batch_cancelled
                BatchIncomplete  batch_incomplete
        TransientError
            SupabaseUnreachable  503 supabase_unavailable
            Throttled  503 throttled
            EndpointBusy  503 endpoint_busy
            ServiceUnavailable  503 service_unavailable
            AzureUnreachable  503 azure_unreachable
            IdentityUnavailable  503 identity_unavailable
            CancelledByService  503 cancelled_by_service
            OutOfCapacity  503 out_of_capacity
            UploadTimedOut  503 upload_timed_out
            EnvironmentNotBuilt  503 environment_not_built

Codes are API. Each is a class on one of five pages, with its status, cause, fix, where to look
and the command that helps; docs/errors.md is made from them.
"""

from types import ModuleType

from shared.errors import models, predictions, requests, serving, waiting
from shared.errors.base import SlipwayError, TransientError, UserFacingError

PAGES: tuple[ModuleType, ...] = (requests, models, serving, waiting, predictions)

__all__ = ["PAGES", "SlipwayError", "TransientError", "UserFacingError"]
